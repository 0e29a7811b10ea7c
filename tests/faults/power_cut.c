/* A power cut, for tests: what was not synced is gone.
 *
 * Preloaded into a program, this keeps a second folder (POWER_CUT_SHADOW) beside the one the program writes to
 * (POWER_CUT_DATA). The second holds what a disk would hold after a power cut:
 *
 *   - what was in the folder at the start;
 *   - of each file, what fsync() or fdatasync() had returned for;
 *   - of the names (made, renamed, removed), what fsync() of the folder had returned for;
 *   - by chance (POWER_CUT_SEED) also single pages of 4 KiB written since, in any order: a disk may do that.
 *
 * Kill the program, start it on the second folder, and it lives after the power cut. A copy is made while fsync()
 * runs, so that a kill in its middle is a power cut in its middle. With POWER_CUT_NO_SYNC=1 syncing does nothing,
 * which no database survives: with it a test shows that it would notice.
 *
 * Files in memory (the -shm of SQLite) are no business of a disk, and folders in the folder are not looked at. */

#define _GNU_SOURCE
#include "disk.h"

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
    resolve();
    pthread_mutex_lock(&lock);
    ssize_t written = real_pwrite64(fd, bytes, length, at);
    int error = errno;
    struct file *file = written > 0 ? of(fd) : NULL;
    if (file) {
        touch(file, at, at + written);
        one_page_ahead(fd, file);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return written;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) { return pwrite64(fd, bytes, length, at); }

ssize_t write(int fd, const void *bytes, size_t length) {
    struct stat status;
    resolve();
    /* Sockets and pipes may block, and are no files. */
    if (!on || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return real_write(fd, bytes, length);
    pthread_mutex_lock(&lock);
    ssize_t written = real_write(fd, bytes, length);
    int error = errno;
    struct file *file = written > 0 ? of(fd) : NULL;
    if (file) {
        off64_t end = lseek64(fd, 0, SEEK_CUR);
        touch(file, end - written, end);
    }
    pthread_mutex_unlock(&lock);
    errno = error;
    return written;
}

int ftruncate64(int fd, off64_t length) {
    struct stat before;
    resolve();
    pthread_mutex_lock(&lock);
    int known = fstat(fd, &before) == 0;
    int result = real_ftruncate64(fd, length), error = errno;
    struct file *file = result == 0 && known ? of(fd) : NULL;
    /* What was cut off is not what stands there when the file grows again. */
    if (file && before.st_size > length) touch(file, length, before.st_size);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

static int synced(int fd, int (**sync)(int)) {
    struct stat status;
    resolve();
    if (!on || no_sync) return on ? 0 : (*sync)(fd);
    pthread_mutex_lock(&lock);
    struct file *file = of(fd);
    char link[64], path[PATH_MAX];
    if (file) {
        sync_file(fd, file);
    } else if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        ssize_t length = readlink(link, path, sizeof path - 1);
        if (length > 0 && (path[length] = 0, strcmp(path, data) == 0)) sync_folder();
    }
    pthread_mutex_unlock(&lock);
    return 0; /* nothing here needs the real disk */
}

int fsync(int fd) { return synced(fd, &real_fsync); }
int fdatasync(int fd) { return synced(fd, &real_fdatasync); }

int unlink(const char *path) {
    struct stat status;
    resolve();
    pthread_mutex_lock(&lock);
    int known = on && stat(path, &status) == 0;
    int result = real_unlink(path), error = errno;
    if (known && result == 0) forget(&status);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int rename(const char *from, const char *to) {
    struct stat replaced;
    resolve();
    pthread_mutex_lock(&lock);
    int known = on && stat(to, &replaced) == 0;
    int result = real_rename(from, to), error = errno;
    if (known && result == 0) forget(&replaced);
    pthread_mutex_unlock(&lock);
    errno = error;
    return result;
}

int open64(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    resolve();
    struct stat before;
    int known = on && (flags & O_TRUNC) && stat(path, &before) == 0 && S_ISREG(before.st_mode);
    int fd = real_open64(path, flags, mode), error = errno;
    if (fd >= 0 && known) {
        pthread_mutex_lock(&lock);
        struct file *file = of(fd);
        if (file) touch(file, 0, before.st_size);
        pthread_mutex_unlock(&lock);
    }
    errno = error;
    return fd;
}

int open(const char *path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open64(path, flags, mode);
}
