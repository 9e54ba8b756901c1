#include "app/custodian_desk.h"

#include <poll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "app/private_file.h"
#include "base/log.h"

namespace kmaas::app {
namespace {

constexpr std::size_t kLineBytesMax = 512;
constexpr int kCallersWaitingMax = 4;
constexpr time_t kCallerSecondsMax = 5;
constexpr int kTellMilliseconds = 10'000;
constexpr std::string_view kGive = "give ";
constexpr std::string_view kStatus = "status";
constexpr std::string_view kRefused = "refused: ";

Error Failed(const std::string& path, const std::string& what) {
  return {ErrorCode::kValidation, path + ": " + what};
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }
  int Release() { return std::exchange(number_, -1); }

 private:
  int number_;
};

Result<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return Failed(path, "is too long for the name of a socket: shorten data_directory");
  std::copy(path.begin(), path.end(), std::begin(address.sun_path));
  return address;
}

// Somebody listens at it: a socket that its server left behind refuses.
bool IsServed(const sockaddr_un& address) {
  const Descriptor probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const auto* named = reinterpret_cast<const sockaddr*>(&address);
  if (::connect(probe.number(), named, sizeof(address)) == 0) return true;
  return errno == EAGAIN;  // so many callers wait that there is no place for one more
}

Result<void> MakeRoom(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) return Failed(path, "is there already, and is no socket");
  if (IsServed(address))
    return Failed(path,
                  "another kmaasd waits for custodians there; this one does not take its "
                  "place");
  if (::unlink(path.c_str()) == 0) return {};
  return Failed(path, "cannot be removed: " + ErrnoText(errno));
}

void LimitTime(int socket) {
  const timeval limit{kCallerSecondsMax, 0};
  (void)::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
  (void)::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

// Up to the newline, which is left out; empty when there was none in time.
SecretBytes ReadLine(int socket) {
  SecretBytes line(kLineBytesMax);
  std::size_t filled = 0;
  while (filled < line.size()) {
    const ssize_t got = ::recv(socket, line.span().data() + filled, line.size() - filled, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    const auto begin = line.view().begin() + static_cast<std::ptrdiff_t>(filled);
    const auto end = std::find(begin, begin + got, std::uint8_t{'\n'});
    if (end != begin + got)
      return SecretBytes(line.view().first(static_cast<std::size_t>(end - line.view().begin())));
    filled += static_cast<std::size_t>(got);
  }
  return {};
}

bool SendAll(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool MayGive(int socket) {
  ucred caller{};
  socklen_t size = sizeof(caller);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &caller, &size) != 0) return false;
  return caller.uid == 0 || caller.uid == ::geteuid();
}

bool StartsWith(ByteView line, std::string_view word) {
  return AsText(line).substr(0, word.size()) == word;
}

}  // namespace

Result<CustodianDesk> CustodianDesk::Open(const std::string& path) {
  KM_TRY(const sockaddr_un address, AddressOf(path));
  KM_CHECK(MakeRoom(path, address));
  Descriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* named = reinterpret_cast<const sockaddr*>(&address);
  // The umask of the process is 077, so nobody else connects before the mode is set.
  if (listener.number() < 0 || ::bind(listener.number(), named, sizeof(address)) != 0 ||
      ::chmod(path.c_str(), kPrivateFile) != 0 ||
      ::listen(listener.number(), kCallersWaitingMax) != 0)
    return Failed(path, "no socket for custodians can be made: " + ErrnoText(errno));
  return CustodianDesk(path, listener.Release());
}

CustodianDesk::CustodianDesk(CustodianDesk&& other) noexcept
    : path_(std::move(other.path_)),
      listener_(std::exchange(other.listener_, -1)),
      shares_(std::move(other.shares_)),
      pin_(std::move(other.pin_)) {}

CustodianDesk::~CustodianDesk() {
  if (listener_ < 0) return;
  ::close(listener_);
  ::unlink(path_.c_str());
}

Result<std::optional<SecretBytes>> CustodianDesk::Await(const Told& told) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  const Descriptor signals(::signalfd(-1, &ends, SFD_CLOEXEC));
  if (signals.number() < 0) return Failed(path_, "cannot wait: " + ErrnoText(errno));
  while (!pin_) {
    told(shares_.given(), shares_.needed());
    std::array<pollfd, 2> events{{{.fd = listener_, .events = POLLIN, .revents = 0},
                                  {.fd = signals.number(), .events = POLLIN, .revents = 0}}};
    if (::poll(events.data(), events.size(), kTellMilliseconds) < 0 && errno != EINTR)
      return Failed(path_, "cannot wait: " + ErrnoText(errno));
    if (events[1].revents != 0) return std::optional<SecretBytes>();
    if (events[0].revents == 0) continue;
    const Descriptor caller(::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (caller.number() >= 0) Serve(caller.number());
  }
  return std::move(pin_);
}

void CustodianDesk::Serve(int caller) {
  LimitTime(caller);
  std::string answer = std::string(kRefused) + "only root and the user of the server may";
  if (MayGive(caller)) {
    const SecretBytes line = ReadLine(caller);
    answer = Answer(line.view());
  } else {
    log::Warning("custodian_refused", {{"detail", "another user asked at " + path_}});
  }
  if (!SendAll(caller, AsBytes(answer + "\n")))
    log::Warning("custodian_not_answered", {{"detail", ErrnoText(errno)}});
}

std::string CustodianDesk::Answer(ByteView line) {
  if (StartsWith(line, kGive)) return Give(line.subspan(kGive.size()));
  if (AsText(line) != kStatus) return std::string(kRefused) + "neither a share nor a question";
  return "given " + std::to_string(shares_.given()) + " of " +
         (shares_.needed() == 0 ? "?" : std::to_string(shares_.needed()));
}

std::string CustodianDesk::Give(ByteView text) {
  Result<CustodianShare> share = ReadShare(text);
  if (!share) return std::string(kRefused) + share.error().message;
  const unsigned number = share->number;
  if (const Result<void> added = shares_.Add(*std::move(share)); !added)
    return std::string(kRefused) + added.error().message;
  log::Info("custodian_share_given",
            {{"share", number}, {"given", shares_.given()}, {"needed", shares_.needed()}});
  if (!shares_.is_complete()) return Answer(AsBytes(kStatus));
  Result<SecretBytes> pin = shares_.Take();
  if (!pin) {
    log::Error("custodian_shares_do_not_fit");
    return std::string(kRefused) + pin.error().message;
  }
  pin_ = *std::move(pin);
  return "complete";
}

Result<std::string> AskDesk(const std::string& path, ByteView line) {
  KM_TRY(const sockaddr_un address, AddressOf(path));
  const Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto* named = reinterpret_cast<const sockaddr*>(&address);
  if (socket.number() < 0 || ::connect(socket.number(), named, sizeof(address)) != 0)
    return Failed(path, "no kmaasd waits for custodians here: " + ErrnoText(errno));
  LimitTime(socket.number());
  const bool sent =
      SendAll(socket.number(), line) && SendAll(socket.number(), AsBytes(std::string_view("\n")));
  const SecretBytes answer = sent ? ReadLine(socket.number()) : SecretBytes();
  if (answer.empty()) return Failed(path, "the server did not answer");
  std::string text = ToString(answer.view());
  if (!text.starts_with(kRefused)) return text;
  return Error{ErrorCode::kValidation, text.substr(kRefused.size())};
}

}  // namespace kmaas::app
