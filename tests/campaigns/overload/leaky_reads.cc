// Preloaded into a server: a planted bug that keeps 1 MiB of each read from a socket for ever.
#include <dlfcn.h>
#include <sys/socket.h>

#include <cstdlib>
#include <cstring>

extern "C" ssize_t recvmsg(int socket, msghdr* message, int flags) {
  using Real = ssize_t (*)(int, msghdr*, int);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "recvmsg"));
  constexpr std::size_t kKept = std::size_t{1} << 20U;
  // Volatile, or the compiler would see that nobody looks at it.
  [[maybe_unused]] static void* volatile last = nullptr;
  if (void* kept = std::malloc(kKept); kept != nullptr) last = std::memset(kept, 1, kKept);
  return real(socket, message, flags);
}
