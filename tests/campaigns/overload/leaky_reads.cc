// Preloaded into a server: planted bugs that keep something of reads from a socket for ever.
// KMAAS_LEAK says what, all for all that have a name: nothing named, 1 MiB of each read; heap, 1
// KiB of each; descriptors or threads, one of each 250th.
#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

void Keep(std::size_t bytes) {
  // Volatile, or the compiler would see that nobody looks at it.
  [[maybe_unused]] static void* volatile last = nullptr;
  if (void* kept = std::malloc(bytes); kept != nullptr) last = std::memset(kept, 1, bytes);
}

void* Wait(void* /*nothing*/) {
  for (;;) ::poll(nullptr, 0, -1);  // pause is not among the system calls of a server
}

void Leak(int socket) {
  static const char* const named = std::getenv("KMAAS_LEAK");
  static std::atomic<unsigned> reads{0};
  const std::string_view what = named == nullptr ? "" : named;
  const bool is_counted = ++reads % 250 == 0;
  if (what.empty()) Keep(std::size_t{1} << 20U);
  const auto leaks = [&](std::string_view one) { return what == one || what == "all"; };
  if (leaks("heap")) Keep(1024);
  if (leaks("descriptors") && is_counted) static_cast<void>(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (pthread_t thread{}; leaks("threads") && is_counted)
    ::pthread_create(&thread, nullptr, Wait, nullptr);
}

}  // namespace

// gRPC's.
extern "C" ssize_t recvmsg(int socket, msghdr* message, int flags) {
  using Real = ssize_t (*)(int, msghdr*, int);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "recvmsg"));
  Leak(socket);
  return real(socket, message, flags);
}

// Asio's.
extern "C" ssize_t recv(int socket, void* octets, std::size_t size, int flags) {
  using Real = ssize_t (*)(int, void*, std::size_t, int);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "recv"));
  Leak(socket);
  return real(socket, octets, size, flags);
}
