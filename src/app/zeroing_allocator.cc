// Overwrites every heap block when it is freed. Part of the programs kmaasd and kmaas only.
//
// Protobuf messages, gRPC slices, HTTP buffers and strings hold plaintexts and data keys for a
// moment and free them without a thought. Replacing free, realloc and operator delete of the whole
// process, of C++, OpenSSL, SQLite and the PKCS#11 module alike, wipes them all. What allocates is
// tcmalloc; only what gives back passes here, and goes on to the functions by glibc's inner names,
// which tcmalloc defines as its own (GNU C Library manual, "Replacing malloc"; gperftools,
// libc_override.h). tcmalloc's operator delete would not come by free, so each form of it does
// here.
//
// Sanitizers replace the same functions, so this file is empty under them.
#ifndef KMAAS_SANITIZED

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

extern "C" {

// NOLINTBEGIN(bugprone-reserved-identifier): the names are glibc's
void __libc_free(void* block);
void* __libc_malloc(std::size_t size);
// NOLINTEND(bugprone-reserved-identifier): end of glibc's names

void free(void* block) noexcept {
  if (block == nullptr) return;
  // free keeps errno (POSIX.1-2024); tcmalloc's gives pages back to the system and does not.
  const int kept = errno;
  std::memset(block, 0, malloc_usable_size(block));
  asm volatile("" ::"r"(block) : "memory");  // as explicit_bzero, without its way through the PLT
  __libc_free(block);
  errno = kept;
}

// A block may not move without its old place being wiped, so glibc's realloc, which frees inside,
// cannot be used.
void* realloc(void* block, std::size_t size) noexcept {
  if (block == nullptr) return __libc_malloc(size);
  if (size == 0) {  // as glibc does
    free(block);
    return nullptr;
  }
  const std::size_t usable = malloc_usable_size(block);
  if (size <= usable && size >= usable / 2) {
    explicit_bzero(static_cast<std::uint8_t*>(block) + size, usable - size);
    return block;
  }
  void* moved = __libc_malloc(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, size < usable ? size : usable);
  free(block);
  return moved;
}

void* reallocarray(void* block, std::size_t count, std::size_t size) noexcept {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) {
    errno = ENOMEM;
    return nullptr;
  }
  return realloc(block, bytes);
}

}  // extern "C"

void operator delete(void* block) noexcept { free(block); }
void operator delete[](void* block) noexcept { free(block); }
void operator delete(void* block, std::size_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t) noexcept { free(block); }
void operator delete(void* block, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept { free(block); }
void operator delete(void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, const std::nothrow_t&) noexcept { free(block); }
void operator delete(void* block, std::align_val_t, const std::nothrow_t&) noexcept { free(block); }
void operator delete[](void* block, std::align_val_t, const std::nothrow_t&) noexcept {
  free(block);
}

#endif  // KMAAS_SANITIZED
