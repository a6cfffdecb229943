/*
 * One interface for every peer, so that the benchmark calls them all in the same way. peer_open sets the key and makes
 * everything reusable. Each operation function then processes the same message `count` times in C, so that a call from
 * .NET costs nothing measurable.
 */
#ifndef CRYPTODEV_PEER_H
#define CRYPTODEV_PEER_H

#include <stddef.h>
#include <stdint.h>

#define PEER_API __attribute__((visibility("default")))

#define PEER_GCM_IV_LENGTH 12
#define PEER_CBC_IV_LENGTH 16
#define PEER_TAG_LENGTH 16
#define PEER_SHA256_LENGTH 32

enum peer_operation {
	PEER_AES_CBC_ENCRYPT,
	PEER_AES_CBC_DECRYPT,
	PEER_AES_GCM_ENCRYPT,
	PEER_SHA256,
	PEER_HMAC_SHA256,
};

/*
 * The destination has space for the text followed by the GCM tag. Digests write PEER_SHA256_LENGTH bytes. Source and
 * destination do not overlap, and the source starts on a page.
 */
struct peer_message {
	const uint8_t *source;
	uint8_t *destination;
	const uint8_t *iv;
	size_t length;
};

struct peer;

/* The implementation: a library with its version, or "system calls". */
PEER_API const char *peer_description(void);

/* NULL if this machine does not support it. *error is then an errno, or 0 if the library gives none. */
PEER_API struct peer *peer_open(int operation, const uint8_t *key, size_t key_length, int *error);
PEER_API void peer_close(struct peer *peer);

/* 0, or -1 when an operation failed. */
PEER_API int peer_aes_cbc_encrypt(struct peer *peer, const struct peer_message *message, long count);
PEER_API int peer_aes_cbc_decrypt(struct peer *peer, const struct peer_message *message, long count);
PEER_API int peer_aes_gcm_encrypt(struct peer *peer, const struct peer_message *message, long count);
PEER_API int peer_sha256(struct peer *peer, const struct peer_message *message, long count);
PEER_API int peer_hmac_sha256(struct peer *peer, const struct peer_message *message, long count);

#endif
