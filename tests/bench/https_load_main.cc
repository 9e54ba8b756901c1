// A bounded HTTPS load at a fixed rate: requests begin by the clock and not by the answer before,
// so a slow server and a fast one get the same work. Prints "answers refused seconds". Arguments:
// port, CA file, requests file, connections, requests per second, seconds. The requests file holds
// whole HTTP/1.1 requests, each after its length in decimal and a newline; they are sent in turn.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <unistd.h>

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
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(load.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ssl_ = SSL_new(load.tls);
    open_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0 &&
            SSL_set_fd(ssl_, socket_) == 1 && SSL_connect(ssl_) == 1;
  }
  ~Connection() {
    SSL_free(ssl_);
    ::close(socket_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  bool open() const { return open_; }

  // True when the answer is 200; false ends the connection or says what the server thinks.
  bool Exchange(const std::string& request) {
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
    return answer.compare(0, 12, "HTTP/1.1 200") == 0;
  }

 private:
  bool Broken() {
    open_ = false;
    return false;
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

void Work(Load& load) {
  Connection connection(load);
  for (long number = load.next++; number < load.total; number = load.next++) {
    std::this_thread::sleep_until(load.begin + number * load.interval);
    const std::string& request =
        load.requests[static_cast<std::size_t>(number) % load.requests.size()];
    if (!connection.open() || !connection.Exchange(request)) ++load.refused;
    ++load.answers;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    std::fprintf(stderr, "usage: %s PORT CA REQUESTS CONNECTIONS RATE SECONDS\n", argv[0]);
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
  load.total = rate * seconds;
  load.interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
  load.begin = Clock::now() + std::chrono::milliseconds(200);
  std::vector<std::thread> threads;
  for (long i = 0; i < connections; ++i) threads.emplace_back([&load] { Work(load); });
  for (std::thread& thread : threads) thread.join();
  const std::chrono::duration<double> took = Clock::now() - load.begin;
  std::printf("%ld %ld %.3f\n", load.answers.load(), load.refused.load(), took.count());
  SSL_CTX_free(load.tls);
  return load.refused.load() == 0 ? 0 : 1;
}
