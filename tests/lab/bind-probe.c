/* Says which AF_ALG names this kernel lets a program bind: one line per name, "type name ok" or "type name ERROR". */
#include <errno.h>
#include <linux/if_alg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct name { const char *type, *name; };

static const struct name names[] = {
    {"hash", "md5"}, {"hash", "sha1"}, {"hash", "rmd160"}, {"hash", "sha224"}, {"hash", "sha256"}, {"hash", "sha384"}, {"hash", "sha512"},
    {"hash", "sha3-224"}, {"hash", "sha3-256"}, {"hash", "sha3-384"}, {"hash", "sha3-512"}, {"hash", "blake2b-512"}, {"hash",
    "blake2s-256"},
    {"hash", "hmac(md5)"}, {"hash", "hmac(sha1)"}, {"hash", "hmac(rmd160)"}, {"hash", "hmac(sha224)"}, {"hash", "hmac(sha256)"},
    {"hash", "hmac(sha384)"}, {"hash", "hmac(sha512)"}, {"hash", "xcbc(aes)"}, {"hash", "cmac(aes)"}, {"hash", "ghash"}, {"hash",
    "digest_null"},
    {"skcipher", "ecb(aes)"}, {"skcipher", "cbc(aes)"}, {"skcipher", "ctr(aes)"}, {"skcipher", "xts(aes)"}, {"skcipher", "cfb(aes)"},
    {"skcipher", "ofb(aes)"}, {"skcipher", "cbc(des)"}, {"skcipher", "cbc(des3_ede)"}, {"skcipher", "cbc(blowfish)"}, {"skcipher",
    "cbc(cast5)"},
    {"skcipher", "cbc(camellia)"}, {"skcipher", "ecb(arc4)"}, {"skcipher", "chacha20"}, {"skcipher", "ecb(cipher_null)"},
    {"skcipher", "virtio_crypto_aes_cbc"},
    {"aead", "gcm(aes)"}, {"aead", "ccm(aes)"}, {"aead", "rfc7539(chacha20,poly1305)"},
    {"rng", "stdrng"}, {"rng", "drbg_nopr_hmac_sha256"}, {"rng", "jitterentropy_rng"},
};

/* Returns 0, or the errno of the call that failed. */
static int try_bind(const struct name *name)
{
    struct sockaddr_alg address = {.salg_family = AF_ALG};
    strncpy((char *)address.salg_type, name->type, sizeof address.salg_type - 1);
    strncpy((char *)address.salg_name, name->name, sizeof address.salg_name - 1);
    int descriptor = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return errno;
    int result = bind(descriptor, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
    close(descriptor);
    return result;
}

int main(void)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        int error = try_bind(&names[i]);
        printf("%s %s %s\n", names[i].type, names[i].name, error == 0 ? "ok" : strerrorname_np(error));
        fflush(stdout);
    }
    return 0;
}
