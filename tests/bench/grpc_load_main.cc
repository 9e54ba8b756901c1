// A bounded gRPC load: so many calls of one method, so many at once. Prints "calls errors seconds".
// The request bytes come from a file, or with --create each call is a CreateKey. Arguments: target
// ca client-certificate client-key method request-file calls concurrency.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <fstream>
#include <mutex>
#include <sstream>
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
  long errors() const { return errors_.load(); }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer request;
    grpc::ByteBuffer reply;
  };

  void Next() {
    if (left_.fetch_sub(1) <= 0) {
      const std::lock_guard lock(mutex_);
      if (--running_ == 0) done_.notify_all();
      return;
    }
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
  int running_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9) {
    std::fprintf(stderr,
                 "usage: %s TARGET CA CERTIFICATE KEY METHOD REQUEST_FILE CALLS CONCURRENCY\n",
                 argv[0]);
    return 2;
  }
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = Read(argv[2]);
  tls.pem_cert_chain = Read(argv[3]);
  tls.pem_private_key = Read(argv[4]);
  grpc::GenericStub stub(grpc::CreateChannel(argv[1], grpc::SslCredentials(tls)));
  const long calls = std::strtol(argv[7], nullptr, 10);
  Load load(stub, argv[5], Read(argv[6]), calls);
  const auto begin = std::chrono::steady_clock::now();
  load.Run(static_cast<int>(std::strtol(argv[8], nullptr, 10)));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  std::printf("%ld %ld %.3f\n", calls, load.errors(), seconds.count());
  return load.errors() == 0 ? 0 : 1;
}
