// A bounded gRPC load: so many calls of one method, either so many at once, each begun when another
// ends, or at a fixed rate, begun by the clock. Prints "calls errors seconds". The request bytes
// come from a file. Arguments: target ca client-certificate client-key method request-file calls,
// then concurrency or, with an r before it, calls per second.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>
#include <vector>

namespace {

std::string Read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Issues a new call when one ends, until the budget is used.
class Load {
 public:
  Load(grpc::GenericStub& stub, std::string method, const std::string& request, long calls)
      : stub_(stub), method_(std::move(method)), request_(request), left_(calls) {}

  void Run(int concurrency) {
    {
      const std::lock_guard lock(mutex_);
      running_ = concurrency;
    }
    for (int i = 0; i < concurrency; ++i) Next();
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
  }
  void RunAtRate(long rate) {
    const std::chrono::nanoseconds interval =
        std::chrono::nanoseconds(std::chrono::seconds(1)) / rate;
    const auto begin = std::chrono::steady_clock::now();
    paced_ = true;
    running_ = static_cast<int>(left_.load());
    for (long number = 0; left_.fetch_sub(1) > 0; ++number) {
      std::this_thread::sleep_until(begin + number * interval);
      Begin();
    }
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
  }
  long errors() const { return errors_.load(); }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer reply;
  };

  void Next() {
    if (!paced_ && left_.fetch_sub(1) > 0) return Begin();
    const std::lock_guard lock(mutex_);
    if (--running_ == 0) done_.notify_all();
  }

  void Begin() {
    auto* call = new Call;
    const grpc::Slice slice(request_);
    call->request = grpc::ByteBuffer(&slice, 1);
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    stub_.UnaryCall(&call->context, method_, grpc::StubOptions(), &call->request, &call->reply,
                    [this, call](grpc::Status status) {
                      if (!status.ok() && errors_.fetch_add(1) == 0)
                        std::fprintf(stderr, "%s\n", status.error_message().c_str());
                      delete call;
                      Next();
                    });
  }

  grpc::GenericStub& stub_;
  std::string method_;
  std::string request_;
  std::atomic<long> left_;
  std::atomic<long> errors_{0};
  std::mutex mutex_;
  std::condition_variable done_;
  int running_ = 0;  // places that make calls or, at a rate, calls
  bool paced_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(
        stderr, "usage: %s TARGET CA CERTIFICATE KEY METHOD REQUEST_FILE CALLS CONCURRENCY|rRATE\n",
        argv[0]);
    return 2;
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = Read(argv[2]);
  tls.pem_cert_chain = Read(argv[3]);
  tls.pem_private_key = Read(argv[4]);
  grpc::GenericStub client_stub(grpc::CreateChannel(argv[1], grpc::SslCredentials(tls)));
  const long calls = std::strtol(argv[7], nullptr, 10);
  Load load(client_stub, argv[5], Read(argv[6]), calls);
  const auto begin = std::chrono::steady_clock::now();
  if (argv[8][0] == 'r') {
    load.RunAtRate(std::strtol(argv[8] + 1, nullptr, 10));
  } else {
    load.Run(static_cast<int>(std::strtol(argv[8], nullptr, 10)));
  }
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%ld %ld %.3f\n", calls, load.errors(), seconds.count());
  return load.errors() == 0 ? 0 : 1;
}
