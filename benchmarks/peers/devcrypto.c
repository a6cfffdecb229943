/*
 * /dev/crypto by direct system calls, in the dialect of cryptodev-linux: a session once, then one ioctl for each
 * operation. The device is $CRYPTODEV_DEVICE, or /dev/crypto.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <crypto/cryptodev.h>

#include "peer.h"

struct peer {
	int device;
	uint32_t session;
};

const char *peer_description(void)
{
	return "/dev/crypto ioctls";
}

struct peer *peer_open(int operation, const uint8_t *key, size_t key_length, int *error)
{
	const char *path = getenv("CRYPTODEV_DEVICE");
	struct session_op open_session = { 0 };
	struct peer *peer = calloc(1, sizeof(*peer));

	*error = ENOMEM;
	if (!peer)
		return NULL;
	switch (operation) {
	case PEER_AES_CBC_ENCRYPT:
	case PEER_AES_CBC_DECRYPT:
		open_session.cipher = CRYPTO_AES_CBC;
		break;
	case PEER_AES_GCM_ENCRYPT:
		open_session.cipher = CRYPTO_AES_GCM;
		break;
	case PEER_SHA256:
		open_session.mac = CRYPTO_SHA2_256;
		break;
	case PEER_HMAC_SHA256:
		open_session.mac = CRYPTO_SHA2_256_HMAC;
		open_session.mackey = (void *)key;
		open_session.mackeylen = (uint32_t)key_length;
		break;
	}
	if (open_session.cipher) {
		open_session.key = (void *)key;
		open_session.keylen = (uint32_t)key_length;
	}
	peer->device = open(path && *path ? path : "/dev/crypto", O_RDWR | O_CLOEXEC);
	if (peer->device >= 0 && ioctl(peer->device, CIOCGSESSION, &open_session) == 0) {
		peer->session = open_session.ses;
		return peer;
	}
	*error = errno;
	peer_close(peer);
	return NULL;
}

void peer_close(struct peer *peer)
{
	if (peer->device >= 0)
		close(peer->device);
	free(peer);
}

static int cipher(struct peer *peer, const struct peer_message *message, uint16_t direction, long count)
{
	for (; count > 0; count--) {
		struct crypt_op op = {
			.ses = peer->session, .op = direction, .len = (uint32_t)message->length,
			.src = (void *)message->source, .dst = message->destination, .iv = (void *)message->iv };
		if (ioctl(peer->device, CIOCCRYPT, &op) != 0)
			return -1;
	}
	return 0;
}

static int hash(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		struct crypt_op op = {
			.ses = peer->session, .len = (uint32_t)message->length, .src = (void *)message->source, .mac = message->destination };
		if (ioctl(peer->device, CIOCCRYPT, &op) != 0)
			return -1;
	}
	return 0;
}

int peer_aes_cbc_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return cipher(peer, message, COP_ENCRYPT, count);
}

int peer_aes_cbc_decrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return cipher(peer, message, COP_DECRYPT, count);
}

/* The device writes the tag directly after the ciphertext. The message has space for it there. */
int peer_aes_gcm_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		struct crypt_auth_op op = {
			.ses = peer->session, .op = COP_ENCRYPT, .len = (uint32_t)message->length, .src = (void *)message->source,
			.dst = message->destination, .tag_len = PEER_TAG_LENGTH, .iv = (void *)message->iv, .iv_len = PEER_GCM_IV_LENGTH };
		if (ioctl(peer->device, CIOCAUTHCRYPT, &op) != 0)
			return -1;
	}
	return 0;
}

int peer_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return hash(peer, message, count);
}

int peer_hmac_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return hash(peer, message, count);
}
