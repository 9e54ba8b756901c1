// Preloaded into a server: planted bugs that keep something of reads from a socket for ever.
// KMAAS_LEAK says what: nothing named, 1 MiB of each read; heap, a few bytes of each; descriptors
// or threads, one of each thousandth.
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

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
  for (;;) ::pause();
}

void Leak(int socket) {
  static const char* const named = std::getenv("KMAAS_LEAK");
  static std::atomic<unsigned> reads{0};
  const std::string_view what = named == nullptr ? "" : named;
  const bool is_thousandth = ++reads % 1000 == 0;
  if (what.empty()) Keep(std::size_t{1} << 20U);
  if (what == "heap") Keep(48);
  if (what == "descriptors" && is_thousandth)
    static_cast<void>(::fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (pthread_t thread{}; what == "threads" && is_thousandth)
    ::pthread_create(&thread, nullptr, Wait, nullptr);
}

}  // namespace

extern "C" ssize_t recvmsg(int socket, msghdr* message, int flags) {
  using Real = ssize_t (*)(int, msghdr*, int);
  static const auto real = reinterpret_cast<Real>(::dlsym(RTLD_NEXT, "recvmsg"));
  Leak(socket);
  return real(socket, message, flags);
}
