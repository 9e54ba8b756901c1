// A bounded HTTPS load at a fixed rate: requests begin by the clock and not by the answer before,
// so a slow server and a fast one get the same work. Prints "answers refused seconds". Arguments:
// port, CA file, requests file, connections, requests per second, seconds. The requests file holds
// whole HTTP/1.1 requests, each after its length in decimal and a newline; they are sent in turn.
// With two more, the milliseconds after which a request that could not be sent is given up and the
// address to come from, a line of JSON follows: what became of the requests, and from when they
// were due to their answers how long the answers took (so that a server that stands still is not
// flattered by requests that were not sent), or from when they were sent, and how long refusals
// did.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Load {
  SSL_CTX* tls = nullptr;
  std::uint16_t port = 0;
  std::vector<std::string> requests;
  Clock::time_point begin;
  std::chrono::nanoseconds interval{};  // between two requests of all connections together
  long total = 0;
  std::atomic<long> next{0};
  std::atomic<long> answers{0};
  std::atomic<long> refused{0};
  std::chrono::nanoseconds give_up = std::chrono::nanoseconds::max();
  in_addr source{htonl(INADDR_ANY)};
};

enum class Outcome { kAnswered, kThrottled, kOther, kBroken, kGivenUp };
constexpr std::size_t kOutcomes = 5;

// Of one connection's requests.
struct Tally {
  std::array<long, kOutcomes> outcomes{};
  std::vector<double> answered_millis;
  std::vector<double> throttled_millis;
  std::vector<double> sent_millis;  // of answers, from when their requests were sent
};

std::vector<std::string> ReadRequests(const char* path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::string> requests;
  for (std::size_t size = 0; in >> size && in.get() == '\n';) {
    std::string request(size, '\0');
    in.read(request.data(), static_cast<std::streamsize>(size));
    requests.push_back(std::move(request));
  }
  return requests;
}

class Connection {
 public:
  explicit Connection(const Load& load) {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    sockaddr_in from{};
    from.sin_family = AF_INET;
    from.sin_addr = load.source;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ssl_ = SSL_new(load.tls);
    open_ = ::bind(socket_, reinterpret_cast<sockaddr*>(&from), sizeof(from)) == 0 &&
            ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
            SSL_set_fd(ssl_, socket_) == 1 && SSL_connect(ssl_) == 1;
  }
  ~Connection() {
    SSL_free(ssl_);
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  bool open() const { return open_; }

  // What the server answers; a broken connection is not open any more.
  Outcome Exchange(const std::string& request) {
    if (SSL_write(ssl_, request.data(), static_cast<int>(request.size())) <= 0) return Broken();
    std::string answer;
    std::size_t wanted = 0;
    while (wanted == 0 || answer.size() < wanted) {
      char bytes[4096];
      const int got = SSL_read(ssl_, bytes, sizeof(bytes));
      if (got <= 0) return Broken();
      answer.append(bytes, static_cast<std::size_t>(got));
      if (wanted == 0) wanted = WholeSize(answer);
    }
    if (answer.find("Connection: close") != std::string::npos) open_ = false;
    if (answer.compare(0, 12, "HTTP/1.1 200") == 0) return Outcome::kAnswered;
    return answer.find("ThrottlingException") == std::string::npos ? Outcome::kOther
                                                                   : Outcome::kThrottled;
  }

 private:
  Outcome Broken() {
    open_ = false;
    return Outcome::kBroken;
  }
  // 0 while the head is not whole.
  static std::size_t WholeSize(const std::string& answer) {
    const std::size_t end = answer.find("\r\n\r\n");
    if (end == std::string::npos) return 0;
    const std::size_t length = answer.find("Content-Length: ");
    const std::size_t body =
        length < end ? std::strtoul(answer.c_str() + length + 16, nullptr, 10) : 0;
    return end + 4 + body;
  }

  int socket_ = -1;
  SSL* ssl_ = nullptr;
  bool open_ = false;
};

double MillisSince(Clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(Clock::now() - begin).count();
}

Outcome SendOne(const Load& load, long number, std::unique_ptr<Connection>& connection) {
  if (Clock::now() - (load.begin + number * load.interval) > load.give_up) return Outcome::kGivenUp;
  if (!connection->open()) connection = std::make_unique<Connection>(load);
  if (!connection->open()) return Outcome::kBroken;
  return connection->Exchange(
      load.requests[static_cast<std::size_t>(number) % load.requests.size()]);
}

void Work(Load& load, Tally& tally) {
  auto connection = std::make_unique<Connection>(load);
  for (long number = load.next++; number < load.total; number = load.next++) {
    const Clock::time_point due = load.begin + number * load.interval;
    std::this_thread::sleep_until(due);
    const Clock::time_point sent = Clock::now();
    const Outcome outcome = SendOne(load, number, connection);
    ++tally.outcomes[static_cast<std::size_t>(outcome)];
    if (outcome == Outcome::kAnswered) {
      tally.answered_millis.push_back(MillisSince(due));
      tally.sent_millis.push_back(MillisSince(sent));
    }
    if (outcome == Outcome::kThrottled) tally.throttled_millis.push_back(MillisSince(due));
    if (outcome != Outcome::kAnswered) ++load.refused;
    ++load.answers;
  }
}

double Quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

void PrintTallies(const std::vector<Tally>& tallies) {
  Tally all;
  for (const Tally& one : tallies) {
    for (std::size_t i = 0; i < kOutcomes; ++i) all.outcomes[i] += one.outcomes[i];
    all.answered_millis.insert(all.answered_millis.end(), one.answered_millis.begin(),
                               one.answered_millis.end());
    all.throttled_millis.insert(all.throttled_millis.end(), one.throttled_millis.begin(),
                                one.throttled_millis.end());
  }
  for (const Tally& one : tallies)
    all.sent_millis.insert(all.sent_millis.end(), one.sent_millis.begin(), one.sent_millis.end());
  std::sort(all.sent_millis.begin(), all.sent_millis.end());
  std::sort(all.answered_millis.begin(), all.answered_millis.end());
  std::sort(all.throttled_millis.begin(), all.throttled_millis.end());
  std::printf(
      "{\"answered\": %ld, \"throttled\": %ld, \"other\": %ld, \"broken\": %ld, "
      "\"given_up\": %ld, \"p50\": %.3f, \"p99\": %.3f, \"max\": %.3f, "
      "\"throttled_p99\": %.3f, \"sent_p99\": %.3f}\n",
      all.outcomes[0], all.outcomes[1], all.outcomes[2], all.outcomes[3], all.outcomes[4],
      Quantile(all.answered_millis, 0.5), Quantile(all.answered_millis, 0.99),
      Quantile(all.answered_millis, 1), Quantile(all.throttled_millis, 0.99),
      Quantile(all.sent_millis, 0.99));
}

}  // namespace

int main(int argc, char** argv) {
  const bool tells_more = argc == 9;
  if (argc != 7 && !tells_more) {
    std::fprintf(stderr,
                 "usage: %s PORT CA REQUESTS CONNECTIONS RATE SECONDS [GIVE_UP_MILLIS ADDRESS]\n",
                 argv[0]);
    return 2;
  }
  std::signal(SIGPIPE, SIG_IGN);
  Load load;
  load.port = static_cast<std::uint16_t>(std::strtoul(argv[1], nullptr, 10));
  load.tls = SSL_CTX_new(TLS_client_method());
  SSL_CTX_load_verify_locations(load.tls, argv[2], nullptr);
  SSL_CTX_set_verify(load.tls, SSL_VERIFY_PEER, nullptr);
  load.requests = ReadRequests(argv[3]);
  const long connections = std::strtol(argv[4], nullptr, 10);
  const long rate = std::strtol(argv[5], nullptr, 10);
  const long seconds = std::strtol(argv[6], nullptr, 10);
  if (load.requests.empty() || connections < 1 || rate < 1 || seconds < 1) return 2;
  if (tells_more) {
    load.give_up = std::chrono::milliseconds(std::strtol(argv[7], nullptr, 10));
    if (::inet_pton(AF_INET, argv[8], &load.source) != 1) return 2;
  }
  load.total = rate * seconds;
  load.interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
  load.begin = Clock::now() + std::chrono::milliseconds(200);
  std::vector<Tally> tallies(static_cast<std::size_t>(connections));
  std::vector<std::thread> threads;
  for (Tally& tally : tallies) threads.emplace_back([&] { Work(load, tally); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - load.begin;
  std::printf("%ld %ld %.3f\n", load.answers.load(), load.refused.load(), took.count());
  if (tells_more) PrintTallies(tallies);
  SSL_CTX_free(load.tls);
  return load.refused.load() == 0 ? 0 : 1;
}
