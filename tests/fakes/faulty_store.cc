#include "tests/fakes/faulty_store.h"

namespace kmaas::fakes {
namespace {

class FaultyTransaction final : public ports::Transaction {
 public:
  FaultyTransaction(ports::Transaction& inner, FaultyStore& store) : inner_(inner), store_(store) {}

  Result<std::optional<std::string>> Get(std::string_view table, std::string_view key) override {
    KM_CHECK(store_.Step());
    return inner_.Get(table, key);
  }
  Result<std::vector<ports::Row>> List(const ports::Scan& scan) override {
    KM_CHECK(store_.Step());
    return inner_.List(scan);
  }
  Result<std::uint64_t> Count(std::string_view table) override {
    KM_CHECK(store_.Step());
    return inner_.Count(table);
  }
  Result<void> Put(std::string_view table, std::string_view key, std::string_view value) override {
    KM_CHECK(store_.Step());
    return inner_.Put(table, key, value);
  }
  Result<void> Delete(std::string_view table, std::string_view key) override {
    KM_CHECK(store_.Step());
    return inner_.Delete(table, key);
  }

 private:
  ports::Transaction& inner_;
  FaultyStore& store_;
};

}  // namespace

void FaultyStore::FailNth(std::uint64_t n, ErrorCode code) {
  code_ = code;
  calls_ = 0;
  failing_call_ = n;
}

void FaultyStore::FailAll(bool fail, ErrorCode code) {
  code_ = code;
  fail_all_ = fail;
}

Result<void> FaultyStore::Step() {
  const std::uint64_t number = ++calls_;
  if (!fail_all_ && number != failing_call_) return {};
  return Error{code_, "", "the store was told to fail at call " + std::to_string(number)};
}

Result<std::optional<std::string>> FaultyStore::Get(std::string_view table, std::string_view key) {
  KM_CHECK(Step());
  return inner_.Get(table, key);
}

Result<std::vector<ports::Row>> FaultyStore::List(const ports::Scan& scan) {
  KM_CHECK(Step());
  return inner_.List(scan);
}

Result<std::uint64_t> FaultyStore::Count(std::string_view table) {
  KM_CHECK(Step());
  return inner_.Count(table);
}

Result<void> FaultyStore::Write(const std::function<Result<void>(ports::Transaction&)>& change,
                                Deadline deadline) {
  return inner_.Write(
      [&](ports::Transaction& transaction) -> Result<void> {
        FaultyTransaction faulty(transaction, *this);
        KM_CHECK(change(faulty));
        return Step();  // the commit: an error of the change undoes it, as a failed commit does
      },
      deadline);
}

}  // namespace kmaas::fakes
