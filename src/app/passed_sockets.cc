#include "app/passed_sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace kmaas::app {
namespace {

constexpr int kFirstPassed = 3;    // SD_LISTEN_FDS_START
constexpr int kPassedMax = 16;     // of which three are of use
constexpr int kBeyondPassed = 64;  // descriptors that are in nobody's way

int NumberIn(const char* variable) {
  const char* text = std::getenv(variable);
  int number = 0;
  if (text != nullptr) std::from_chars(text, text + std::strlen(text), number);
  return number;
}

std::vector<std::string> NamesIn(const char* variable) {
  std::vector<std::string> names;
  const char* text = std::getenv(variable);
  std::string rest = text != nullptr ? text : "";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    names.push_back(rest.substr(0, colon));
    rest = colon == std::string::npos ? "" : rest.substr(colon + 1);
  }
  return names;
}

// ::0 and :: are one address.
bool IsSameAddress(const std::string& a, const std::string& b) {
  in6_addr one{};
  in6_addr other{};
  if (::inet_pton(AF_INET6, a.c_str(), &one) == 1 && ::inet_pton(AF_INET6, b.c_str(), &other) == 1)
    return std::memcmp(&one, &other, sizeof(one)) == 0;
  return a == b;
}

bool Agrees(const WantedListener& wanted, const ListeningSocket& socket, bool is_named) {
  const bool any_port = wanted.port == 0 && is_named;
  return IsSameAddress(wanted.address, socket.address()) &&
         (any_port || wanted.port == socket.port());
}

Error Stray(const ListeningSocket& socket, const std::string& name,
            const std::vector<WantedListener>& all) {
  std::string message = "a socket " + (name.empty() ? "" : name + " ") +
                        "was passed on that listens at " + socket.address() + " port " +
                        std::to_string(socket.port()) + ", and the configuration wants";
  for (const WantedListener& wanted : all)
    message += (&wanted == &all.front() ? " " : ", ") + wanted.name + " at " + wanted.address +
               " port " + std::to_string(wanted.port);
  return {ErrorCode::kValidation, message + ": make the two agree"};
}

Result<void> Place(ListeningSocket socket, const std::string& name, const Config& config,
                   Listeners& listeners) {
  const std::vector<WantedListener> all = WantedListeners(config);
  const bool is_named = std::any_of(all.begin(), all.end(),
                                    [&](const WantedListener& one) { return one.name == name; });
  for (const WantedListener& wanted : all) {
    if (is_named && wanted.name != name) continue;
    if (!Agrees(wanted, socket, is_named) || (listeners.*wanted.socket).is_open()) continue;
    listeners.*wanted.socket = std::move(socket);
    return {};
  }
  return Stray(socket, name, all);
}

}  // namespace

std::vector<WantedListener> WantedListeners(const Config& config) {
  std::vector<WantedListener> wanted{
      {"https", config.https.address, config.https.port, &Listeners::https},
      {"grpc", config.grpc.address, config.grpc.port, &Listeners::grpc}};
  if (config.metrics.enabled)
    wanted.push_back({"metrics", config.metrics.address, config.metrics.port, &Listeners::metrics});
  return wanted;
}

Result<Listeners> TakePassedSockets(const Config& config) {
  Listeners listeners;
  const int count = NumberIn("LISTEN_PID") == ::getpid() ? NumberIn("LISTEN_FDS") : 0;
  const std::vector<std::string> names = NamesIn("LISTEN_FDNAMES");
  // A process that this one starts must not take them for its own.
  for (const char* variable : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(variable);
  if (count < 0 || count > kPassedMax)
    return Error{ErrorCode::kValidation, "LISTEN_FDS says " + std::to_string(count) +
                                             " sockets were passed on; three are of use"};
  for (int i = 0; i < count; ++i) {
    Result<ListeningSocket> socket = ListeningSocket::Adopt(kFirstPassed + i);
    if (!socket)
      return Error{ErrorCode::kValidation,
                   "of the sockets that were passed on: " + socket.error().detail};
    const auto at = static_cast<std::size_t>(i);
    KM_CHECK(Place(*std::move(socket), at < names.size() ? names[at] : "", config, listeners));
  }
  return listeners;
}

bool PassSockets(const Listeners& listeners) {
  std::string names;
  std::vector<int> copies;
  for (const auto& [name, socket] : {std::pair{"https", &listeners.https},
                                     {"grpc", &listeners.grpc},
                                     {"metrics", &listeners.metrics}}) {
    if (!socket->is_open()) continue;
    // First out of the way of each other.
    copies.push_back(::fcntl(socket->descriptor(), F_DUPFD_CLOEXEC, kBeyondPassed));
    if (copies.back() < 0) return false;
    names += (names.empty() ? "" : ":") + std::string(name);
  }
  int next = kFirstPassed;
  for (const int copy : copies)
    if (::dup2(copy, next++) < 0) return false;  // which the program inherits
  ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  ::setenv("LISTEN_FDS", std::to_string(copies.size()).c_str(), 1);
  ::setenv("LISTEN_FDNAMES", names.c_str(), 1);
  return true;
}

}  // namespace kmaas::app
