/*
 * AF_ALG by direct system calls: socket, bind, key and accept once, then for each operation sendmsg with a prepared
 * control message and read, or send and read. No library can be faster than this.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/if_alg.h>

#include "peer.h"

struct peer {
	int transform;
	int operation;
	struct msghdr header;
	struct iovec vector;
	uint8_t *iv;
	uint64_t control[16];
};

const char *peer_description(void)
{
	return "AF_ALG system calls";
}

static struct cmsghdr *put_record(struct peer *peer, struct cmsghdr *record, int type, size_t length)
{
	record->cmsg_level = SOL_ALG;
	record->cmsg_type = type;
	record->cmsg_len = CMSG_LEN(length);
	peer->header.msg_controllen += CMSG_SPACE(length);
	return (struct cmsghdr *)((char *)record + CMSG_SPACE(length));
}

static void prepare(struct peer *peer, int encrypt, unsigned iv_length, int aead)
{
	struct cmsghdr *record = (struct cmsghdr *)peer->control;
	struct af_alg_iv *iv;

	peer->header.msg_iov = &peer->vector;
	peer->header.msg_iovlen = 1;
	peer->header.msg_control = peer->control;

	*(uint32_t *)CMSG_DATA(record) = encrypt ? ALG_OP_ENCRYPT : ALG_OP_DECRYPT;
	record = put_record(peer, record, ALG_SET_OP, sizeof(uint32_t));

	iv = (struct af_alg_iv *)CMSG_DATA(record);
	iv->ivlen = iv_length;
	peer->iv = iv->iv;
	record = put_record(peer, record, ALG_SET_IV, sizeof(*iv) + iv_length);

	if (aead) {
		*(uint32_t *)CMSG_DATA(record) = 0;
		put_record(peer, record, ALG_SET_AEAD_ASSOCLEN, sizeof(uint32_t));
	}
}

static int open_sockets(struct peer *peer, const char *type, const char *name, const uint8_t *key, size_t key_length, unsigned tag_length)
{
	struct sockaddr_alg address = { .salg_family = AF_ALG };

	strcpy((char *)address.salg_type, type);
	strcpy((char *)address.salg_name, name);
	peer->transform = socket(AF_ALG, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
	if (peer->transform < 0 || bind(peer->transform, (struct sockaddr *)&address, sizeof(address)) < 0)
		return 0;
	if (key_length && setsockopt(peer->transform, SOL_ALG, ALG_SET_KEY, key, (socklen_t)key_length) < 0)
		return 0;
	if (tag_length && setsockopt(peer->transform, SOL_ALG, ALG_SET_AEAD_AUTHSIZE, NULL, tag_length) < 0)
		return 0;
	peer->operation = accept4(peer->transform, NULL, NULL, SOCK_CLOEXEC);
	return peer->operation >= 0;
}

struct peer *peer_open(int operation, const uint8_t *key, size_t key_length, int *error)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int done = 0;

	*error = ENOMEM;
	if (!peer)
		return NULL;
	peer->transform = peer->operation = -1;
	errno = EINVAL;
	switch (operation) {
	case PEER_AES_CBC_ENCRYPT:
	case PEER_AES_CBC_DECRYPT:
		prepare(peer, operation == PEER_AES_CBC_ENCRYPT, PEER_CBC_IV_LENGTH, 0);
		done = open_sockets(peer, "skcipher", "cbc(aes)", key, key_length, 0);
		break;
	case PEER_AES_GCM_ENCRYPT:
		prepare(peer, 1, PEER_GCM_IV_LENGTH, 1);
		done = open_sockets(peer, "aead", "gcm(aes)", key, key_length, PEER_TAG_LENGTH);
		break;
	case PEER_SHA256:
		done = open_sockets(peer, "hash", "sha256", NULL, 0, 0);
		break;
	case PEER_HMAC_SHA256:
		done = open_sockets(peer, "hash", "hmac(sha256)", key, key_length, 0);
		break;
	}
	*error = errno;
	if (done)
		return peer;
	peer_close(peer);
	return NULL;
}

void peer_close(struct peer *peer)
{
	if (peer->operation >= 0)
		close(peer->operation);
	if (peer->transform >= 0)
		close(peer->transform);
	free(peer);
}

static int request(struct peer *peer, const struct peer_message *message, size_t iv_length, size_t result_length, long count)
{
	for (; count > 0; count--) {
		memcpy(peer->iv, message->iv, iv_length);
		peer->vector.iov_base = (void *)message->source;
		peer->vector.iov_len = message->length;
		if (sendmsg(peer->operation, &peer->header, 0) != (ssize_t)message->length ||
		    read(peer->operation, message->destination, result_length) != (ssize_t)result_length)
			return -1;
	}
	return 0;
}

static int hash(struct peer *peer, const struct peer_message *message, long count)
{
	for (; count > 0; count--) {
		if (send(peer->operation, message->source, message->length, 0) != (ssize_t)message->length ||
		    read(peer->operation, message->destination, PEER_SHA256_LENGTH) != PEER_SHA256_LENGTH)
			return -1;
	}
	return 0;
}

int peer_aes_cbc_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return request(peer, message, PEER_CBC_IV_LENGTH, message->length, count);
}

int peer_aes_cbc_decrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return request(peer, message, PEER_CBC_IV_LENGTH, message->length, count);
}

int peer_aes_gcm_encrypt(struct peer *peer, const struct peer_message *message, long count)
{
	return request(peer, message, PEER_GCM_IV_LENGTH, message->length + PEER_TAG_LENGTH, count);
}

int peer_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return hash(peer, message, count);
}

int peer_hmac_sha256(struct peer *peer, const struct peer_message *message, long count)
{
	return hash(peer, message, count);
}
