/* libkcapi's one-shot calls on a handle that is reused. libkcapi itself chooses between sendmsg and vmsplice. */
#include <stdio.h>
#include <stdlib.h>

#include <kcapi.h>

#include "peer.h"

struct peer {
	struct kcapi_handle *handle;
	void (*destroy)(struct kcapi_handle *handle);
};

const char *peer_description(void)
{
	static char text[64];
	char version[32] = "";

	kcapi_versionstring(version, sizeof(version));
	snprintf(text, sizeof(text), "%s", version);
	return text;
}

static int open_cipher(struct peer *peer, const uint8_t *key, size_t key_length)
{
	int result = kcapi_cipher_init(&peer->handle, "cbc(aes)", 0);

	if (result)
		return result;
	peer->destroy = kcapi_cipher_destroy;
	return kcapi_cipher_setkey(peer->handle, key, (uint32_t)key_length);
}

static int open_aead(struct peer *peer, const uint8_t *key, size_t key_length)
{
	int result = kcapi_aead_init(&peer->handle, "gcm(aes)", 0);

	if (result)
		return result;
	peer->destroy = kcapi_aead_destroy;
	result = kcapi_aead_settaglen(peer->handle, PEER_TAG_LENGTH);
	if (result)
		return result;
	kcapi_aead_setassoclen(peer->handle, 0);
	return kcapi_aead_setkey(peer->handle, key, (uint32_t)key_length);
}

static int open_digest(struct peer *peer, const char *name, const uint8_t *key, size_t key_length)
{
	int result = kcapi_md_init(&peer->handle, name, 0);

	if (result)
		return result;
	peer->destroy = kcapi_md_destroy;
	return key_length ? kcapi_md_setkey(peer->handle, key, (uint32_t)key_length) : 0;
}

struct peer *peer_open(int operation, const uint8_t *key, size_t key_length, int *error)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int result = -1;

	*error = 0;
	if (!peer)
		return NULL;
	switch (operation) {
	case PEER_AES_CBC_ENCRYPT:
	case PEER_AES_CBC_DECRYPT:
		result = open_cipher(peer, key, key_length);
		break;
	case PEER_AES_GCM_ENCRYPT:
		result = open_aead(peer, key, key_length);
		break;
	case PEER_SHA256:
		result = open_digest(peer, "sha256", NULL, 0);
		break;
	case PEER_HMAC_SHA256:
		result = open_digest(peer, "hmac(sha256)", key, key_length);
		break;
	}
	if (result >= 0)
		return peer;
	*error = -result;
	peer_close(peer);
	return NULL;
}

void peer_close(struct peer *peer)
{
	if (peer->destroy)
		peer->destroy(peer->handle);
	free(peer);
}

int peer_aes_cbc_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		if (kcapi_cipher_encrypt(peer->handle, message->source, message->length, message->iv, message->destination, message->length,
					 KCAPI_ACCESS_HEURISTIC) != (ssize_t)message->length)
			return -1;
	}
	return 0;
}

int peer_aes_cbc_decrypt(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		if (kcapi_cipher_decrypt(peer->handle, message->source, message->length, message->iv, message->destination, message->length,
					 KCAPI_ACCESS_HEURISTIC) != (ssize_t)message->length)
			return -1;
	}
	return 0;
}

int peer_aes_gcm_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	size_t in = kcapi_aead_inbuflen_enc(peer->handle, message->length, 0, PEER_TAG_LENGTH);
	size_t out = kcapi_aead_outbuflen_enc(peer->handle, message->length, 0, PEER_TAG_LENGTH);

	for (; count > 0; count--) {
		if (kcapi_aead_encrypt(peer->handle, message->source, in, message->iv, message->destination, out, KCAPI_ACCESS_HEURISTIC) !=
		    (ssize_t)out)
			return -1;
	}
	return 0;
}

static int digest(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		if (kcapi_md_digest(peer->handle, message->source, message->length, message->destination, PEER_SHA256_LENGTH) !=
		    PEER_SHA256_LENGTH)
			return -1;
	}
	return 0;
}

int peer_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return digest(peer, message, count);
}

int peer_hmac_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return digest(peer, message, count);
}
