/*
 * libcrypto 3 as a good C program uses it: fetched algorithms, one context with its key, and only a new IV for each
 * message.
 */
#include <stdlib.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/provider.h>

#include "peer.h"

struct peer {
	OSSL_LIB_CTX *library;
	OSSL_PROVIDER *provider;
	EVP_CIPHER_CTX *cipher;
	EVP_MD_CTX *digest;
	EVP_MAC_CTX *mac;
};

const char *peer_description(void)
{
	return OpenSSL_version(OPENSSL_VERSION);
}

static int open_cipher(struct peer *peer, const char *name, const uint8_t *key, int encrypt, int blocks)
{
	EVP_CIPHER *cipher = EVP_CIPHER_fetch(peer->library, name, NULL);
	int done;

	peer->cipher = EVP_CIPHER_CTX_new();
	done = cipher && peer->cipher && EVP_CipherInit_ex2(peer->cipher, cipher, key, NULL, encrypt, NULL) == 1 &&
	       (!blocks || EVP_CIPHER_CTX_set_padding(peer->cipher, 0) == 1);
	EVP_CIPHER_free(cipher);
	return done;
}

static int open_digest(struct peer *peer)
{
	EVP_MD *digest = EVP_MD_fetch(peer->library, "SHA256", NULL);
	int done;

	peer->digest = EVP_MD_CTX_new();
	done = digest && peer->digest && EVP_DigestInit_ex2(peer->digest, digest, NULL) == 1;
	EVP_MD_free(digest);
	return done;
}

static int open_mac(struct peer *peer, const uint8_t *key, size_t key_length)
{
	EVP_MAC *mac = EVP_MAC_fetch(peer->library, "HMAC", NULL);
	OSSL_PARAM choices[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA256", 0),
		OSSL_PARAM_construct_end(),
	};
	int done;

	peer->mac = mac ? EVP_MAC_CTX_new(mac) : NULL;
	done = peer->mac && EVP_MAC_init(peer->mac, key, key_length, choices) == 1;
	EVP_MAC_free(mac);
	return done;
}

struct peer *peer_open(int operation, const uint8_t *key, size_t key_length, int *error)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int done = 0;

	*error = 0;
	if (!peer)
		return NULL;
	peer->library = OSSL_LIB_CTX_new();
	peer->provider = peer->library ? OSSL_PROVIDER_load(peer->library, "default") : NULL;
	if (peer->provider) {
		switch (operation) {
		case PEER_AES_CBC_ENCRYPT:
			done = open_cipher(peer, "AES-128-CBC", key, 1, 1);
			break;
		case PEER_AES_CBC_DECRYPT:
			done = open_cipher(peer, "AES-128-CBC", key, 0, 1);
			break;
		case PEER_AES_GCM_ENCRYPT:
			done = open_cipher(peer, "AES-256-GCM", key, 1, 0);
			break;
		case PEER_SHA256:
			done = open_digest(peer);
			break;
		case PEER_HMAC_SHA256:
			done = open_mac(peer, key, key_length);
			break;
		}
	}
	if (done)
		return peer;
	peer_close(peer);
	return NULL;
}

void peer_close(struct peer *peer)
{
	EVP_CIPHER_CTX_free(peer->cipher);
	EVP_MD_CTX_free(peer->digest);
	EVP_MAC_CTX_free(peer->mac);
	if (peer->provider)
		OSSL_PROVIDER_unload(peer->provider);
	OSSL_LIB_CTX_free(peer->library);
	free(peer);
}

static int cipher(struct peer *peer, const struct peer_message *message, long count)
{
	int written;

	for (; count > 0; count--) {
		if (EVP_CipherInit_ex(peer->cipher, NULL, NULL, NULL, message->iv, -1) != 1 ||
		    EVP_CipherUpdate(peer->cipher, message->destination, &written, message->source, (int)message->length) != 1)
			return -1;
	}
	return 0;
}

int peer_aes_cbc_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return cipher(peer, message, count);
}

int peer_aes_cbc_decrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return cipher(peer, message, count);
}

int peer_aes_gcm_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	uint8_t *tag = message->destination + message->length;
	int written;

	for (; count > 0; count--) {
		if (EVP_CipherInit_ex(peer->cipher, NULL, NULL, NULL, message->iv, -1) != 1 ||
		    EVP_CipherUpdate(peer->cipher, message->destination, &written, message->source, (int)message->length) != 1 ||
		    EVP_CipherFinal_ex(peer->cipher, tag, &written) != 1 ||
		    EVP_CIPHER_CTX_ctrl(peer->cipher, EVP_CTRL_AEAD_GET_TAG, PEER_TAG_LENGTH, tag) != 1)
			return -1;
	}
	return 0;
}

int peer_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		if (EVP_DigestInit_ex2(peer->digest, NULL, NULL) != 1 ||
		    EVP_DigestUpdate(peer->digest, message->source, message->length) != 1 ||
		    EVP_DigestFinal_ex(peer->digest, message->destination, NULL) != 1)
			return -1;
	}
	return 0;
}

int peer_hmac_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	size_t written;

	for (; count > 0; count--) {
		if (EVP_MAC_init(peer->mac, NULL, 0, NULL) != 1 ||
		    EVP_MAC_update(peer->mac, message->source, message->length) != 1 ||
		    EVP_MAC_final(peer->mac, message->destination, &written, PEER_SHA256_LENGTH) != 1)
			return -1;
	}
	return 0;
}
