/* What a disk would hold: the part of power_cut.c that knows. Each function is called under `lock`,
 * or before there are threads. */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096
#define FILES 256 /* files the program may have at once; a data folder has about ten */
#define EARLY 16  /* one write in so many sends a page ahead */

#define REAL(result, name, ...) static result (*real_##name)(__VA_ARGS__)
REAL(ssize_t, write, int, const void *, size_t);
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, ftruncate64, int, off64_t);
REAL(int, rename, const char *, const char *);
REAL(int, unlink, const char *);
REAL(int, open64, const char *, int, ...);

/* A file, by its inode: names come and go. */
struct file {
    int used;
    dev_t device;
    ino_t inode;
    int durable;         /* its content on the disk, open */
    char path[PATH_MAX]; /* and where that is kept */
    unsigned char *dirty; /* a byte for each page written since the last sync */
    size_t pages;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct file files[FILES];
static char data[PATH_MAX], shadow[PATH_MAX], objects[PATH_MAX];
static int on, no_sync, made;
static uint64_t chance_state;

static void fail(const char *what) {
    dprintf(2, "power_cut: %s: %s\n", what, strerror(errno));
    abort();
}

static uint64_t chance(void) {
    chance_state ^= chance_state << 13;
    chance_state ^= chance_state >> 7;
    chance_state ^= chance_state << 17;
    return chance_state;
}

static void in_folder(char *path, const char *folder, const char *name) {
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX) fail("a path is too long");
}

/* Whether the open file lies directly in the data folder. */
static int is_ours(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    size_t folder = strlen(data);
    return strncmp(path, data, folder) == 0 && path[folder] == '/' && !strchr(path + folder + 1, '/')
        && !strstr(path, "-shm");
}

static struct file *find(const struct stat *status) {
    for (int i = 0; i < FILES; i++)
        if (files[i].used && files[i].device == status->st_dev && files[i].inode == status->st_ino) return &files[i];
    return NULL;
}

static struct file *make(const struct stat *status) {
    for (int i = 0; i < FILES; i++) {
        struct file *file = &files[i];
        if (file->used) continue;
        *file = (struct file){.used = 1, .device = status->st_dev, .inode = status->st_ino};
        if (snprintf(file->path, sizeof file->path, "%s/%d", objects, made++) >= PATH_MAX) fail("a path is too long");
        file->durable = real_open64(file->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, status->st_mode & 0777);
        if (file->durable < 0) fail("cannot make a durable file");
        return file;
    }
    fail("too many files");
    return NULL;
}

/* The file behind a descriptor, if it is one of the folder's. */
static struct file *of(int fd) {
    struct stat status;
    if (!on || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) return NULL;
    struct file *file = find(&status);
    if (file) return file;
    return is_ours(fd) ? make(&status) : NULL;
}

/* Its last name is gone: another file may get its inode. What the disk has of it stays until the folder is synced. */
static void forget(const struct stat *status) {
    struct file *file = find(status);
    if (!file || status->st_nlink > 1) return;
    close(file->durable);
    free(file->dirty);
    file->used = 0;
}

static void touch(struct file *file, off64_t from, off64_t to) {
    size_t last = (size_t)(to + PAGE - 1) / PAGE;
    if (last > file->pages) {
        size_t pages = last * 2;
        file->dirty = realloc(file->dirty, pages);
        if (!file->dirty) fail("no memory");
        memset(file->dirty + file->pages, 0, pages - file->pages);
        file->pages = pages;
    }
    for (size_t page = (size_t)from / PAGE; page < last; page++) file->dirty[page] = 1;
}

static void copy_page(int from, struct file *file, size_t page) {
    char bytes[PAGE];
    ssize_t length = pread64(from, bytes, PAGE, (off64_t)page * PAGE);
    if (length < 0) fail("cannot read a page back");
    if (length > 0 && real_pwrite64(file->durable, bytes, (size_t)length, (off64_t)page * PAGE) != length)
        fail("cannot write a durable page");
}

/* Reads the file through a descriptor of its own: the program's may be for writing only. */
static int reader(int fd) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    int own = real_open64(link, O_RDONLY | O_CLOEXEC);
    if (own < 0) fail("cannot open a file again");
    return own;
}

static void one_page_ahead(int fd, struct file *file) {
    if (!file->pages || chance() % EARLY) return;
    size_t start = chance() % file->pages;
    for (size_t step = 0; step < file->pages; step++) {
        size_t page = (start + step) % file->pages;
        if (!file->dirty[page]) continue;
        int from = reader(fd);
        copy_page(from, file, page);
        close(from);
        return;
    }
}

static void sync_file(int fd, struct file *file) {
    struct stat status;
    if (fstat(fd, &status) != 0) fail("cannot look at a file");
    int from = reader(fd);
    for (size_t page = 0; page < file->pages; page++)
        if (file->dirty[page]) copy_page(from, file, page);
    close(from);
    if (real_ftruncate64(file->durable, status.st_size) != 0) fail("cannot set a durable length");
    if (file->pages) memset(file->dirty, 0, file->pages);
}

static void sync_name(const char *name) {
    char path[PATH_MAX], durable[PATH_MAX], fresh[PATH_MAX];
    struct stat status, there, wanted;
    in_folder(path, data, name);
    in_folder(durable, shadow, name);
    in_folder(fresh, objects, "fresh");
    if (strstr(name, "-shm") || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) return;
    struct file *file = find(&status);
    if (!file) file = make(&status);
    if (fstat(file->durable, &wanted) != 0) fail("cannot look at a durable file");
    if (stat(durable, &there) == 0 && there.st_ino == wanted.st_ino) return;
    if (link(file->path, fresh) != 0 || real_rename(fresh, durable) != 0) fail("cannot name a durable file");
}

static void sync_folder(void) {
    char path[PATH_MAX];
    struct stat status;
    DIR *folder = opendir(data);
    if (!folder) fail("cannot list the folder");
    for (struct dirent *entry; (entry = readdir(folder));) sync_name(entry->d_name);
    closedir(folder);
    if (!(folder = opendir(shadow))) fail("cannot list the durable folder");
    for (struct dirent *entry; (entry = readdir(folder));) {
        in_folder(path, data, entry->d_name);
        if (stat(path, &status) == 0) continue;
        in_folder(path, shadow, entry->d_name);
        real_unlink(path);
    }
    closedir(folder);
}

/* What was in the folder before is on the disk. */
static void take_over(void) {
    char path[PATH_MAX];
    DIR *folder = opendir(data);
    if (!folder) return; /* the program will make it */
    for (struct dirent *entry; (entry = readdir(folder));) {
        struct stat status;
        in_folder(path, data, entry->d_name);
        if (strstr(entry->d_name, "-shm") || stat(path, &status) != 0 || !S_ISREG(status.st_mode)) continue;
        int fd = real_open64(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) fail("cannot read what is there");
        struct file *file = make(&status);
        touch(file, 0, status.st_size);
        sync_file(fd, file);
        close(fd);
    }
    closedir(folder);
    sync_folder();
}

static void *real(const char *name) {
    void *function = dlsym(RTLD_NEXT, name);
    if (!function) fail(name);
    return function;
}

/* Others may write before our turn to begin comes. */
static void resolve(void) {
    if (real_open64) return;
    real_write = real("write");
    real_pwrite64 = real("pwrite64");
    real_fsync = real("fsync");
    real_fdatasync = real("fdatasync");
    real_ftruncate64 = real("ftruncate64");
    real_rename = real("rename");
    real_unlink = real("unlink");
    real_open64 = real("open64");
}

__attribute__((constructor)) static void begin(void) {
    resolve();
    const char *from = getenv("POWER_CUT_DATA"), *to = getenv("POWER_CUT_SHADOW"), *seed = getenv("POWER_CUT_SEED");
    if (!from || !to) return;
    /* The paths are real ones already: the kernel's names of open files are compared with them. */
    if (snprintf(data, PATH_MAX, "%s", from) >= PATH_MAX || snprintf(shadow, PATH_MAX, "%s", to) >= PATH_MAX
        || snprintf(objects, PATH_MAX, "%s.objects", to) >= PATH_MAX)
        fail("a path is too long");
    if (mkdir(shadow, 0700) != 0 || mkdir(objects, 0700) != 0) fail("cannot make the durable folder");
    chance_state = (seed ? strtoull(seed, NULL, 10) : 0) * 2654435761u + 88172645463325252u;
    no_sync = getenv("POWER_CUT_NO_SYNC") != NULL;
    on = 1;
    take_over();
}

