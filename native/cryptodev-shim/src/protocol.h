/*
 * The messages between the preloaded shim and `cryptodev serve --socket`, described in docs/shim.md. They are declared again in
 * src/CryptoDev.Native/UnixSocket/ShimProtocol.cs, and a test compares the two. Little-endian, the same for both word sizes.
 *
 * Two kinds of AF_UNIX SOCK_SEQPACKET connections:
 *   control   the descriptor that the program holds. Any process with a copy of it may ask for channels. The server makes each
 *             channel and sends one end of it with its welcome. All welcomes are equivalent, so if several threads ask at the
 *             same time, any of them may receive any welcome. When the last copy of the descriptor is closed, the open file ends.
 *   channel   one ioctl at a time, from one thread of one process.
 * A third kind asks one sysctl and ends.
 * The server accepts no descriptors from a client.
 */
#ifndef CDS_PROTOCOL_H
#define CDS_PROTOCOL_H

#include <stddef.h>
#include <stdint.h>

#define CDS_MAGIC 0x31534443u /* "CDS1" */
#define CDS_VERSION 3

/*
 * The value of SO_RCVLOWAT on a control socket. The socket does not use this option, so the value serves as a mark: after an
 * exec, the new program recognises an inherited control socket by it.
 */
#define CDS_MARK 0x43445301

#define CDS_SEGMENTS 64
#define CDS_MESSAGE (128u << 10)    /* the largest message */
#define CDS_PIECE (16u << 10) /* bytes in one CDS_WRITES, and the limit of one CDS_NEED */
#define CDS_SHARED_MOST (64u << 20) /* the largest area of shared memory of one channel */
#define CDS_MAP_MOST (16u << 10)
#define CDS_CHANNELS 64 /* per process and open file */

/* To the server on a control socket, as cds_hello. CDS_OPEN is the first message, all others are CDS_CHANNEL. Answer: CDS_WELCOME. */
#define CDS_OPEN 1
#define CDS_CHANNEL 2

/*
 * The only message of a connection: cds_hello, cds_sysctl, the name, the new value. Answer: CDS_VALUE, and the connection ends.
 * No file is open then, because a program asks before it opens, and where opening is forbidden.
 */
#define CDS_SYSCTL 11

/* To the server on a channel. */
#define CDS_IOCTL 3     /* cds_call, segments, bytes */
#define CDS_DATA 4      /* cds_answer, bytes: the answer to CDS_NEED */
#define CDS_FAULT 5     /* cds_answer: the answer to CDS_NEED */
#define CDS_INSTALLED 6 /* cds_answer: value is the descriptor or -errno */
#define CDS_SHARE 7     /* cds_answer: size wanted */
#define CDS_READINESS 8 /* cds_answer */
#define CDS_PING 9      /* cds_answer: everything before this message is lost; the answer is CDS_PONG */
#define CDS_DESCRIBE 10 /* cds_answer: value is the word size; the answer is CDS_MAP */

/* To the client on a control socket. All messages of the server begin with cds_reply. */
#define CDS_WELCOME 16 /* result; with the channel's descriptor if result is 0; address: the server's version */

/* To the client on a channel. */
#define CDS_DONE 17    /* result; bytes for the offered segments, or count messages CDS_WRITES */
#define CDS_NEED 18    /* address, length */
#define CDS_INSTALL 19 /* with a descriptor */
#define CDS_SHARED 20  /* result; with the descriptor of the shared memory */
#define CDS_EVENTS 21  /* result; with two eventfds that are readable while POLLIN, POLLOUT hold */
#define CDS_WRITES 22  /* count segments, then the bytes of the segments that are not in shared memory */
#define CDS_PONG 23
#define CDS_MAP 24 /* count, length, map; address: the errno of read and write */

/* The answer to CDS_SYSCTL: result; if that is 0 or -ENOMEM, 8 bytes for *oldlenp and length bytes of the value follow. */
#define CDS_VALUE 25

struct cds_hello {
	uint32_t magic;
	uint16_t version;
	uint8_t type;
	uint8_t zero;
	uint64_t reserved; /* 0 */
};

/* oldp, newp are not NULL */
#define CDS_OLD 1u
#define CDS_NEW 2u
#define CDS_NAME_MOST 64   /* bytes of a name */
#define CDS_VALUE_MOST 512 /* bytes of a value */
struct cds_sysctl {
	uint64_t room;        /* *oldlenp; 0 without CDS_OLD */
	uint64_t new_length;  /* newlen; that many bytes follow, at most CDS_VALUE_MOST */
	uint32_t flags;
	uint32_t numbers;     /* how many ints the name has; 0: it is text without its end */
	uint32_t name_length; /* in bytes */
	uint32_t word_size;   /* 4 or 8 */
};

struct cds_call {
	uint32_t type;
	uint32_t request;
	uint64_t argument;
	uint32_t segments;
	uint32_t word_size; /* 4 or 8 */
};

/* Memory of the caller: bytes sent with the call, a buffer for results, or both. */
#define CDS_IN 1u
#define CDS_OUT 2u
#define CDS_PLACED 4u /* in shared memory, at place; otherwise in the message, in order */
struct cds_segment {
	uint64_t address;
	uint32_t length;
	uint32_t flags;
	uint64_t place;
};

struct cds_answer {
	uint32_t type;
	int32_t value;
	uint64_t size;
};

struct cds_reply {
	uint32_t type;
	int32_t result;
	uint64_t address;
	uint32_t length;
	uint32_t count;
	uint64_t filled; /* CDS_DONE: bit n is set if segment n is CDS_PLACED and was filled */
};

/* The map: count entries, then the fields of the entries. It is a hint: the server asks for missing memory with CDS_NEED. */
struct cds_map_entry {
	uint32_t request;
	uint16_t size;     /* of the argument */
	uint8_t direction; /* CDS_IN, CDS_OUT */
	uint8_t reserved;
	uint16_t first;
	uint16_t fields;
};

#define CDS_UNIT_BYTES 0
#define CDS_UNIT_BITS 1
#define CDS_UNIT_ELEMENTS 2

/* Flags. CDS_IN and CDS_OUT mean that the call always accesses the memory. */
#define CDS_CACHED 8u  /* the length of the last CDS_NEED or CDS_WRITES, cached by the struct's first eight bytes */
#define CDS_ARRAY 16u /* of structs that have fields of their own */
#define CDS_PARAM 32u /* one of a list: the first ones are in (their number is at low), the next ones are out (number at high) */
struct cds_map_field {
	uint16_t pointer; /* offset of the pointer */
	uint16_t length;  /* offset of the field with the length */
	uint8_t width;    /* size of that field in bytes; 0: no such field */
	uint8_t unit;
	uint16_t flags;
	uint32_t size; /* bytes of an element */
	uint16_t first;
	uint16_t fields;
	uint16_t low;
	uint16_t high;
	uint16_t index;
	uint16_t reserved;
};

_Static_assert(sizeof(struct cds_hello) == 16, "cds_hello");
_Static_assert(sizeof(struct cds_sysctl) == 32, "cds_sysctl");
_Static_assert(sizeof(struct cds_call) == 24, "cds_call");
_Static_assert(sizeof(struct cds_segment) == 24, "cds_segment");
_Static_assert(sizeof(struct cds_answer) == 16, "cds_answer");
_Static_assert(sizeof(struct cds_reply) == 32, "cds_reply");
_Static_assert(sizeof(struct cds_map_entry) == 12, "cds_map_entry");
_Static_assert(sizeof(struct cds_map_field) == 24, "cds_map_field");

#endif
