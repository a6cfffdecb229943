/*
 * The ABI witness: prints what this machine's C compiler and system headers say about every structure, constant and
 * system call that CryptoDev.Native declares. A test compares the lines with the declarations in C#.
 *
 *   struct NAME SIZE
 *   field NAME.FIELD OFFSET SIZE
 *   const NAME VALUE
 *   syscall NAME NUMBER
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <unistd.h>

#include <linux/cryptouser.h>
#include <linux/fuse.h>
#include <linux/if_alg.h>
#include <linux/keyctl.h>
#include <linux/netlink.h>

#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "../cryptodev-shim/src/protocol.h"

#include <openssl/bn.h>
#include <openssl/core.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#define C(name) printf("const %s %lld\n", #name, (long long)(name));
#define S(name) printf("struct %s %zu\n", #name, sizeof(struct name));
#define F(name, field) printf("field %s.%s %zu %zu\n", #name, #field, offsetof(struct name, field), sizeof(((struct name *)0)->field));
#define T(name) printf("struct %s %zu\n", #name, sizeof(name));
#define TF(name, field) printf("field %s.%s %zu %zu\n", #name, #field, offsetof(name, field), sizeof(((name *)0)->field));
#define N(name) printf("syscall %s %d\n", #name, SYS_##name);

/* errno.h */
static void errno_constants(void)
{
	C(EPERM) C(ENOENT) C(ESRCH) C(EINTR) C(EIO) C(ENXIO) C(E2BIG) C(ENOEXEC) C(EBADF) C(ECHILD) C(EAGAIN)
	C(ENOMEM) C(EACCES) C(EFAULT) C(ENOTBLK) C(EBUSY) C(EEXIST) C(EXDEV) C(ENODEV) C(ENOTDIR) C(EISDIR) C(EINVAL)
	C(ENFILE) C(EMFILE) C(ENOTTY) C(ETXTBSY) C(EFBIG) C(ENOSPC) C(ESPIPE) C(EROFS) C(EMLINK) C(EPIPE) C(EDOM)
	C(ERANGE) C(EDEADLK) C(ENAMETOOLONG) C(ENOLCK) C(ENOSYS) C(ENOTEMPTY) C(ELOOP) C(ENOMSG) C(EIDRM) C(ECHRNG)
	C(EL2NSYNC) C(EL3HLT) C(EL3RST) C(ELNRNG) C(EUNATCH) C(ENOCSI) C(EL2HLT) C(EBADE) C(EBADR) C(EXFULL)
	C(ENOANO) C(EBADRQC) C(EBADSLT) C(EBFONT) C(ENOSTR) C(ENODATA) C(ETIME) C(ENOSR) C(ENONET) C(ENOPKG)
	C(EREMOTE) C(ENOLINK) C(EADV) C(ESRMNT) C(ECOMM) C(EPROTO) C(EMULTIHOP) C(EDOTDOT) C(EBADMSG) C(EOVERFLOW)
	C(ENOTUNIQ) C(EBADFD) C(EREMCHG) C(ELIBACC) C(ELIBBAD) C(ELIBSCN) C(ELIBMAX) C(ELIBEXEC) C(EILSEQ)
	C(ERESTART) C(ESTRPIPE) C(EUSERS) C(ENOTSOCK) C(EDESTADDRREQ) C(EMSGSIZE) C(EPROTOTYPE) C(ENOPROTOOPT)
	C(EPROTONOSUPPORT) C(ESOCKTNOSUPPORT) C(EOPNOTSUPP) C(EPFNOSUPPORT) C(EAFNOSUPPORT) C(EADDRINUSE)
	C(EADDRNOTAVAIL) C(ENETDOWN) C(ENETUNREACH) C(ENETRESET) C(ECONNABORTED) C(ECONNRESET) C(ENOBUFS) C(EISCONN)
	C(ENOTCONN) C(ESHUTDOWN) C(ETOOMANYREFS) C(ETIMEDOUT) C(ECONNREFUSED) C(EHOSTDOWN) C(EHOSTUNREACH)
	C(EALREADY) C(EINPROGRESS) C(ESTALE) C(EUCLEAN) C(ENOTNAM) C(ENAVAIL) C(EISNAM) C(EREMOTEIO) C(EDQUOT)
	C(ENOMEDIUM) C(EMEDIUMTYPE) C(ECANCELED) C(ENOKEY) C(EKEYEXPIRED) C(EKEYREVOKED) C(EKEYREJECTED)
	C(EOWNERDEAD) C(ENOTRECOVERABLE) C(ERFKILL) C(EHWPOISON)
}

/* fcntl.h */
static void fcntl_constants(void)
{
	C(O_RDONLY) C(O_WRONLY) C(O_RDWR) C(O_CREAT) C(O_EXCL) C(O_TRUNC) C(O_NONBLOCK) C(O_CLOEXEC) C(F_GETFD)
	C(F_SETFD) C(F_GETFL) C(F_SETFL) C(F_DUPFD_CLOEXEC) C(FD_CLOEXEC)
}

/* sys/ioctl.h */
static void ioctl_constants(void)
{
	C(_IOC_NONE) C(_IOC_WRITE) C(_IOC_READ) C(_IOC_NRSHIFT) C(_IOC_TYPESHIFT) C(_IOC_SIZESHIFT) C(_IOC_DIRSHIFT)
}

/* sys/un.h and what a server of local clients needs */
static void local_sockets(void)
{
	C(SCM_RIGHTS) C(SO_PEERCRED) C(SO_RCVLOWAT) C(SO_PEERGROUPS) C(SHUT_RD) C(SHUT_RDWR) C(MSG_CMSG_CLOEXEC) C(MSG_PEEK) C(MFD_CLOEXEC)
	C(MFD_ALLOW_SEALING)
#ifdef SO_PASSRIGHTS /* headers of Linux 6.16 and later */
	C(SO_PASSRIGHTS)
#endif
	C(F_ADD_SEALS) C(F_SEAL_SEAL) C(F_SEAL_SHRINK) C(F_SEAL_GROW) C(EFD_CLOEXEC) C(EFD_NONBLOCK)
	S(sockaddr_un) F(sockaddr_un, sun_family) F(sockaddr_un, sun_path)
	S(ucred) F(ucred, pid) F(ucred, uid) F(ucred, gid)
}

/* fcntl.h, sys/stat.h and sys/file.h: names in an open folder */
static void names_in_folders(void)
{
	C(AT_SYMLINK_NOFOLLOW) C(AT_REMOVEDIR) C(AT_EMPTY_PATH) C(O_PATH) C(LOCK_EX) C(LOCK_NB) C(STATX_BASIC_STATS) C(S_IFMT) C(S_IFSOCK)
	C(S_IFREG) C(S_IFDIR) C(S_IFLNK) C(AT_FDCWD) C(STATX_ATTR_MOUNT_ROOT)
	S(statx) F(statx, stx_mask) F(statx, stx_blksize) F(statx, stx_attributes) F(statx, stx_nlink) F(statx, stx_uid) F(statx, stx_gid)
	F(statx, stx_mode) F(statx, stx_ino) F(statx, stx_size) F(statx, stx_blocks) F(statx, stx_attributes_mask) F(statx, stx_atime)
	F(statx, stx_btime) F(statx, stx_ctime) F(statx, stx_mtime) F(statx, stx_rdev_major) F(statx, stx_rdev_minor) F(statx, stx_dev_major)
	F(statx, stx_dev_minor)
	S(statx_timestamp) F(statx_timestamp, tv_sec) F(statx_timestamp, tv_nsec) F(statx_timestamp, __reserved)
}

/* native/cryptodev-shim/src/protocol.h */
static void shim_protocol(void)
{
	C(CDS_MAGIC) C(CDS_VERSION) C(CDS_MARK) C(CDS_SEGMENTS) C(CDS_MESSAGE) C(CDS_PIECE) C(CDS_SHARED_MOST) C(CDS_MAP_MOST) C(CDS_CHANNELS)
	C(CDS_OPEN) C(CDS_CHANNEL) C(CDS_IOCTL) C(CDS_DATA) C(CDS_FAULT) C(CDS_INSTALLED) C(CDS_SHARE) C(CDS_READINESS) C(CDS_PING)
	C(CDS_DESCRIBE) C(CDS_WELCOME) C(CDS_DONE) C(CDS_NEED) C(CDS_INSTALL) C(CDS_SHARED) C(CDS_EVENTS) C(CDS_WRITES) C(CDS_PONG) C(CDS_MAP)
	C(CDS_IN) C(CDS_OUT) C(CDS_PLACED) C(CDS_CACHED) C(CDS_ARRAY) C(CDS_PARAM) C(CDS_UNIT_BYTES) C(CDS_UNIT_BITS) C(CDS_UNIT_ELEMENTS)
	S(cds_hello) F(cds_hello, magic) F(cds_hello, version) F(cds_hello, type) F(cds_hello, zero) F(cds_hello, reserved)
	C(CDS_SYSCTL) C(CDS_VALUE) C(CDS_OLD) C(CDS_NEW) C(CDS_NAME_MOST) C(CDS_VALUE_MOST)
	S(cds_sysctl) F(cds_sysctl, room) F(cds_sysctl, new_length) F(cds_sysctl, flags) F(cds_sysctl, numbers)
	F(cds_sysctl, name_length) F(cds_sysctl, word_size)
	S(cds_call) F(cds_call, type) F(cds_call, request) F(cds_call, argument) F(cds_call, segments) F(cds_call, word_size)
	S(cds_segment) F(cds_segment, address) F(cds_segment, length) F(cds_segment, flags) F(cds_segment, place)
	S(cds_answer) F(cds_answer, type) F(cds_answer, value) F(cds_answer, size)
	S(cds_reply) F(cds_reply, type) F(cds_reply, result) F(cds_reply, address) F(cds_reply, length) F(cds_reply, count) F(cds_reply, filled)
	S(cds_map_entry) F(cds_map_entry, request) F(cds_map_entry, size) F(cds_map_entry, direction) F(cds_map_entry, reserved)
	F(cds_map_entry, first) F(cds_map_entry, fields)
	S(cds_map_field) F(cds_map_field, pointer) F(cds_map_field, length) F(cds_map_field, width) F(cds_map_field, unit)
	F(cds_map_field, flags) F(cds_map_field, size) F(cds_map_field, first) F(cds_map_field, fields) F(cds_map_field, low)
	F(cds_map_field, high) F(cds_map_field, index) F(cds_map_field, reserved)
}

/* linux/keyctl.h */
static void keyctl_constants(void)
{
	C(KEY_SPEC_THREAD_KEYRING) C(KEY_SPEC_PROCESS_KEYRING) C(KEY_SPEC_SESSION_KEYRING) C(KEY_SPEC_USER_KEYRING)
	C(KEYCTL_GET_KEYRING_ID) C(KEYCTL_JOIN_SESSION_KEYRING) C(KEYCTL_UPDATE) C(KEYCTL_REVOKE) C(KEYCTL_SETPERM)
	C(KEYCTL_DESCRIBE) C(KEYCTL_CLEAR) C(KEYCTL_LINK) C(KEYCTL_UNLINK) C(KEYCTL_SEARCH) C(KEYCTL_READ)
	C(KEYCTL_SET_TIMEOUT) C(KEYCTL_INVALIDATE) C(KEYCTL_DH_COMPUTE) C(KEYCTL_PKEY_QUERY) C(KEYCTL_PKEY_ENCRYPT)
	C(KEYCTL_PKEY_DECRYPT) C(KEYCTL_PKEY_SIGN) C(KEYCTL_PKEY_VERIFY) C(KEYCTL_CAPABILITIES)
	C(KEYCTL_SUPPORTS_ENCRYPT) C(KEYCTL_SUPPORTS_DECRYPT) C(KEYCTL_SUPPORTS_SIGN) C(KEYCTL_SUPPORTS_VERIFY)
	C(KEYCTL_CAPS0_DIFFIE_HELLMAN) C(KEYCTL_CAPS0_PUBLIC_KEY)
}

/* sys/mman.h */
static void mman_constants(void)
{
	C(PROT_NONE) C(PROT_READ) C(PROT_WRITE) C(MAP_SHARED) C(MAP_PRIVATE) C(MAP_ANONYMOUS) C(MADV_DONTFORK)
	C(MADV_DONTDUMP) C(MADV_WIPEONFORK)
}

/* poll.h */
static void poll_constants(void)
{
	C(POLLIN) C(POLLPRI) C(POLLOUT) C(POLLERR) C(POLLHUP) C(POLLNVAL) C(POLLRDNORM) C(POLLWRNORM)
}

/* sys/random.h */
static void random_constants(void)
{
}

/* sys/socket.h */
static void socket_constants(void)
{
	C(AF_UNIX) C(AF_NETLINK) C(AF_ALG) C(SOCK_STREAM) C(SOCK_RAW) C(SOCK_SEQPACKET) C(SOCK_NONBLOCK)
	C(SOCK_CLOEXEC) C(SOL_SOCKET) C(SOL_NETLINK) C(SOL_ALG) C(SO_SNDBUF) C(SO_RCVBUF) C(SO_RCVTIMEO)
	C(SO_SNDBUFFORCE) C(SO_RCVBUFFORCE) C(MSG_CTRUNC) C(MSG_TRUNC) C(MSG_DONTWAIT) C(MSG_NOSIGNAL) C(MSG_MORE)
}

/* unistd.h */
static void unistd_constants(void)
{
}

/* linux/if_alg.h */
static void if_alg_constants(void)
{
	C(ALG_SET_KEY) C(ALG_SET_IV) C(ALG_SET_OP) C(ALG_SET_AEAD_ASSOCLEN) C(ALG_SET_AEAD_AUTHSIZE)
	C(ALG_SET_DRBG_ENTROPY) C(ALG_OP_DECRYPT) C(ALG_OP_ENCRYPT)
#ifdef ALG_SET_KEY_BY_KEY_SERIAL /* headers of Linux 6.2 and later */
	C(ALG_SET_KEY_BY_KEY_SERIAL)
#endif
}

/* linux/cryptouser.h */
static void cryptouser_constants(void)
{
	C(CRYPTO_MSG_NEWALG) C(CRYPTO_MSG_DELALG) C(CRYPTO_MSG_UPDATEALG) C(CRYPTO_MSG_GETALG) C(CRYPTO_MSG_DELRNG)
	C(CRYPTO_MSG_GETSTAT) C(CRYPTO_MAX_NAME) C(CRYPTOCFGA_PRIORITY_VAL) C(CRYPTOCFGA_REPORT_LARVAL)
	C(CRYPTOCFGA_REPORT_HASH) C(CRYPTOCFGA_REPORT_BLKCIPHER) C(CRYPTOCFGA_REPORT_AEAD)
	C(CRYPTOCFGA_REPORT_COMPRESS) C(CRYPTOCFGA_REPORT_RNG) C(CRYPTOCFGA_REPORT_CIPHER)
	C(CRYPTOCFGA_REPORT_AKCIPHER) C(CRYPTOCFGA_REPORT_KPP) C(CRYPTOCFGA_REPORT_ACOMP)
}

/* linux/netlink.h */
static void netlink_constants(void)
{
	C(NETLINK_CRYPTO) C(NLM_F_REQUEST) C(NLM_F_MULTI) C(NLM_F_ACK) C(NLM_F_DUMP_INTR) C(NLM_F_DUMP) C(NLMSG_NOOP)
	C(NLMSG_ERROR) C(NLMSG_DONE) C(NLMSG_OVERRUN) C(NLMSG_ALIGNTO) C(NLA_F_NESTED) C(NLA_F_NET_BYTEORDER)
}

/* openssl/crypto.h, openssl/evp.h, openssl/core.h, openssl/bn.h */
static void libcrypto_constants(void)
{
	C(OPENSSL_INIT_NO_ATEXIT) C(OPENSSL_INIT_LOAD_CRYPTO_STRINGS)
	C(OPENSSL_VERSION_STRING) C(OPENSSL_MODULES_DIR) C(EVP_CTRL_AEAD_SET_IVLEN)
	C(EVP_CTRL_AEAD_SET_TAG) C(EVP_MAX_MD_SIZE) C(EVP_MAX_BLOCK_LENGTH)
	C(OSSL_PARAM_UNSIGNED_INTEGER) C(OSSL_PARAM_UTF8_STRING) C(BN_FLG_CONSTTIME) C(OSSL_PARAM_OCTET_STRING)
}

/* linux/fuse.h */
static void fuse_constants(void)
{
	C(FUSE_KERNEL_VERSION) C(FUSE_OPEN) C(FUSE_READ) C(FUSE_WRITE) C(FUSE_RELEASE) C(FUSE_INTERRUPT) C(FUSE_DESTROY)
	C(FUSE_IOCTL) C(FUSE_POLL) C(CUSE_INIT) C(FUSE_NOTIFY_POLL) C(CUSE_UNRESTRICTED_IOCTL) C(CUSE_INIT_INFO_MAX)
	C(FOPEN_DIRECT_IO) C(FOPEN_NONSEEKABLE) C(FUSE_IOCTL_UNRESTRICTED) C(FUSE_IOCTL_RETRY) C(FUSE_IOCTL_32BIT)
	C(FUSE_IOCTL_MAX_IOV) C(FUSE_POLL_SCHEDULE_NOTIFY) C(FUSE_MIN_READ_BUFFER)
}

static void fuse_structures(void)
{
	S(fuse_in_header) F(fuse_in_header, len) F(fuse_in_header, opcode) F(fuse_in_header, unique) F(fuse_in_header, nodeid)
	F(fuse_in_header, uid) F(fuse_in_header, gid) F(fuse_in_header, pid) F(fuse_in_header, total_extlen)
	F(fuse_in_header, padding)
	S(fuse_out_header) F(fuse_out_header, len) F(fuse_out_header, error) F(fuse_out_header, unique)
	S(cuse_init_in) F(cuse_init_in, major) F(cuse_init_in, minor) F(cuse_init_in, unused) F(cuse_init_in, flags)
	S(cuse_init_out) F(cuse_init_out, major) F(cuse_init_out, minor) F(cuse_init_out, unused) F(cuse_init_out, flags)
	F(cuse_init_out, max_read) F(cuse_init_out, max_write) F(cuse_init_out, dev_major) F(cuse_init_out, dev_minor)
	F(cuse_init_out, spare)
	S(fuse_open_out) F(fuse_open_out, fh) F(fuse_open_out, open_flags) F(fuse_open_out, padding)
	S(fuse_release_in) F(fuse_release_in, fh) F(fuse_release_in, flags) F(fuse_release_in, release_flags)
	F(fuse_release_in, lock_owner)
	S(fuse_interrupt_in) F(fuse_interrupt_in, unique)
	S(fuse_ioctl_in) F(fuse_ioctl_in, fh) F(fuse_ioctl_in, flags) F(fuse_ioctl_in, cmd) F(fuse_ioctl_in, arg)
	F(fuse_ioctl_in, in_size) F(fuse_ioctl_in, out_size)
	S(fuse_ioctl_iovec) F(fuse_ioctl_iovec, base) F(fuse_ioctl_iovec, len)
	S(fuse_ioctl_out) F(fuse_ioctl_out, result) F(fuse_ioctl_out, flags) F(fuse_ioctl_out, in_iovs)
	F(fuse_ioctl_out, out_iovs)
	S(fuse_poll_in) F(fuse_poll_in, fh) F(fuse_poll_in, kh) F(fuse_poll_in, flags) F(fuse_poll_in, events)
	S(fuse_poll_out) F(fuse_poll_out, revents) F(fuse_poll_out, padding)
	S(fuse_notify_poll_wakeup_out) F(fuse_notify_poll_wakeup_out, kh)
	S(group) F(group, gr_name) F(group, gr_passwd) F(group, gr_gid) F(group, gr_mem)
}

static void structures(void)
{
	T(OSSL_PARAM) TF(OSSL_PARAM, key) TF(OSSL_PARAM, data_type) TF(OSSL_PARAM, data) TF(OSSL_PARAM, data_size)
	TF(OSSL_PARAM, return_size)
	S(keyctl_dh_params) F(keyctl_dh_params, private) F(keyctl_dh_params, prime) F(keyctl_dh_params, base)
	S(keyctl_kdf_params) F(keyctl_kdf_params, hashname) F(keyctl_kdf_params, otherinfo)
	F(keyctl_kdf_params, otherinfolen) F(keyctl_kdf_params, __spare)
	S(keyctl_pkey_query) F(keyctl_pkey_query, supported_ops) F(keyctl_pkey_query, key_size)
	F(keyctl_pkey_query, max_data_size) F(keyctl_pkey_query, max_sig_size) F(keyctl_pkey_query, max_enc_size)
	F(keyctl_pkey_query, max_dec_size) F(keyctl_pkey_query, __spare)
	S(keyctl_pkey_params) F(keyctl_pkey_params, key_id) F(keyctl_pkey_params, in_len)
	F(keyctl_pkey_params, out_len) F(keyctl_pkey_params, in2_len) F(keyctl_pkey_params, __spare)
	S(pollfd) F(pollfd, fd) F(pollfd, events) F(pollfd, revents)
	S(msghdr) F(msghdr, msg_name) F(msghdr, msg_namelen) F(msghdr, msg_iov) F(msghdr, msg_iovlen)
	F(msghdr, msg_control) F(msghdr, msg_controllen) F(msghdr, msg_flags)
	S(cmsghdr) F(cmsghdr, cmsg_len) F(cmsghdr, cmsg_level) F(cmsghdr, cmsg_type)
	S(timeval) F(timeval, tv_sec) F(timeval, tv_usec)
	S(iovec) F(iovec, iov_base) F(iovec, iov_len)
	S(sockaddr_alg) F(sockaddr_alg, salg_family) F(sockaddr_alg, salg_type) F(sockaddr_alg, salg_feat)
	F(sockaddr_alg, salg_mask) F(sockaddr_alg, salg_name)
	S(af_alg_iv) F(af_alg_iv, ivlen)
	S(crypto_user_alg) F(crypto_user_alg, cru_name) F(crypto_user_alg, cru_driver_name)
	F(crypto_user_alg, cru_module_name) F(crypto_user_alg, cru_type) F(crypto_user_alg, cru_mask)
	F(crypto_user_alg, cru_refcnt) F(crypto_user_alg, cru_flags)
	S(crypto_report_hash) F(crypto_report_hash, type) F(crypto_report_hash, blocksize)
	F(crypto_report_hash, digestsize)
	S(crypto_report_cipher) F(crypto_report_cipher, type) F(crypto_report_cipher, blocksize)
	F(crypto_report_cipher, min_keysize) F(crypto_report_cipher, max_keysize)
	S(crypto_report_blkcipher) F(crypto_report_blkcipher, type) F(crypto_report_blkcipher, geniv)
	F(crypto_report_blkcipher, blocksize) F(crypto_report_blkcipher, min_keysize)
	F(crypto_report_blkcipher, max_keysize) F(crypto_report_blkcipher, ivsize)
	S(crypto_report_aead) F(crypto_report_aead, type) F(crypto_report_aead, geniv)
	F(crypto_report_aead, blocksize) F(crypto_report_aead, maxauthsize) F(crypto_report_aead, ivsize)
	S(crypto_report_rng) F(crypto_report_rng, type) F(crypto_report_rng, seedsize)
	S(crypto_report_larval) F(crypto_report_larval, type)
	S(nlmsghdr) F(nlmsghdr, nlmsg_len) F(nlmsghdr, nlmsg_type) F(nlmsghdr, nlmsg_flags) F(nlmsghdr, nlmsg_seq)
	F(nlmsghdr, nlmsg_pid)
	S(nlattr) F(nlattr, nla_len) F(nlattr, nla_type)
}

int main(void)
{
	errno_constants();
	fcntl_constants();
	ioctl_constants();
	local_sockets();
	names_in_folders();
	shim_protocol();
	keyctl_constants();
	mman_constants();
	poll_constants();
	random_constants();
	socket_constants();
	unistd_constants();
	if_alg_constants();
	cryptouser_constants();
	netlink_constants();
	libcrypto_constants();
	fuse_constants();
	fuse_structures();
	structures();
	N(add_key) N(request_key) N(keyctl)
	return fflush(stdout) == 0 ? 0 : 1;
}
