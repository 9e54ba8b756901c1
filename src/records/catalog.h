// Typed, cached access to the store: the only way in which the core reads and writes records.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "ports/store.h"
#include "records/row_cache.h"
#include "records/row_keys.h"
#include "records/tables.h"

namespace kmaas::records {

// Which rows Catalog::FindAll keeps together: those that share so many leading parts of their keys.
template <class T>
struct Listed;
template <>
struct Listed<domain::Grant> {
  static constexpr int kParts = 3;  // GranteePrefix
};
template <>
struct Listed<KeyAlias> {
  static constexpr int kParts = 2;  // KeyAliasesPrefix
};

// One page of a listing.
struct Page {
  std::vector<ports::Row> rows;
  bool truncated = false;  // more rows follow the last one
};

// The inside of a write transaction, typed. Valid only during the change; remembers which rows it
// touched.
class Changes {
 public:
  explicit Changes(ports::Transaction& transaction) : transaction_(transaction) {}

  template <class T>
  Result<std::optional<T>> Get(std::string_view row_key) {
    KM_TRY(const std::optional<std::string> bytes, transaction_.Get(Table<T>::kName, row_key));
    if (!bytes) return std::optional<T>();
    KM_TRY(T record, Table<T>::Decode(*bytes));
    return std::optional<T>(std::move(record));
  }
  template <class T>
  Result<void> Put(const T& record) {
    return PutBytes(Table<T>::kName, Table<T>::RowKey(record), Table<T>::Encode(record));
  }
  template <class T>
  Result<void> Delete(std::string_view row_key) {
    Touch(Table<T>::kName, row_key);
    return transaction_.Delete(Table<T>::kName, row_key);
  }
  template <class T>
  Result<Page> List(std::string_view prefix, std::string_view after, std::size_t limit) {
    return ListPage(transaction_, {Table<T>::kName, prefix, after, limit});
  }
  const std::vector<std::pair<std::string_view, std::string>>& touched() const { return touched_; }

  static Result<Page> ListPage(ports::Reader& reader, ports::Scan scan);

 private:
  Result<void> PutBytes(std::string_view table, const std::string& row_key,
                        const std::string& bytes) {
    Touch(table, row_key);
    return transaction_.Put(table, row_key, bytes);
  }
  void Touch(std::string_view table, std::string_view row_key) {
    touched_.emplace_back(table, std::string(row_key));
  }

  ports::Transaction& transaction_;
  std::vector<std::pair<std::string_view, std::string>> touched_;
};

// Thread-safe. Borrows the store. Rows are checked against their MAC when they enter a cache; a
// write's rows leave the caches before Write returns, so an acknowledged change binds the next
// read.
class Catalog {
 public:
  explicit Catalog(ports::Store& store);

  // Null when there is no such row. The record is shared and immutable.
  template <class T>
  Result<std::shared_ptr<const T>> Find(std::string_view row_key) {
    auto& cache = std::get<RowCache<T>>(caches_);
    if (auto cached = cache.Find(row_key)) return cached;
    const std::uint64_t ticket = cache.Ticket(row_key);
    KM_TRY(const std::optional<std::string> bytes, store_.Get(Table<T>::kName, row_key));
    if (!bytes) return std::shared_ptr<const T>();
    KM_TRY(T record, Table<T>::Decode(*bytes));
    if (Table<T>::RowKey(record) != row_key) return Misplaced(Table<T>::kName, row_key);
    auto shared = std::make_shared<const T>(std::move(record));
    cache.Insert(row_key, shared, ticket);
    return std::shared_ptr<const T>(std::move(shared));
  }

  // All rows below a prefix, decoded, cached as one: for the few rows that a decision needs each
  // time. `prefix` has exactly Listed<T>::kParts parts.
  template <class T>
  Result<std::shared_ptr<const std::vector<std::shared_ptr<const T>>>> FindAll(
      std::string_view prefix) {
    using All = std::vector<std::shared_ptr<const T>>;
    auto& cache = std::get<RowCache<All>>(listings_);
    if (auto cached = cache.Find(prefix)) return cached;
    const std::uint64_t ticket = cache.Ticket(prefix);
    auto all = std::make_shared<All>();
    KM_TRY(const std::vector<ports::Row> rows,
           store_.List({Table<T>::kName, prefix, {}, kListingRowsMax}));
    for (const ports::Row& row : rows) {
      KM_TRY(T record, Table<T>::Decode(row.value));
      if (Table<T>::RowKey(record) != row.key) return Misplaced(Table<T>::kName, row.key);
      all->push_back(std::make_shared<const T>(std::move(record)));
    }
    std::shared_ptr<const All> shared = std::move(all);
    cache.Insert(prefix, shared, ticket);
    return shared;
  }

  // Changes whenever a row of users, groups, roles or managed policies does: what was worked out
  // from several of them holds while the number stays. Read it before the rows.
  std::uint64_t identity_version() const {
    return identity_version_.load(std::memory_order_acquire);
  }

  // Not cached.
  template <class T>
  Result<Page> List(std::string_view prefix, std::string_view after, std::size_t limit) {
    return Changes::ListPage(store_, {Table<T>::kName, prefix, after, limit});
  }
  template <class T>
  Result<std::uint64_t> Count() {
    return store_.Count(Table<T>::kName);
  }

  Result<void> Write(const std::function<Result<void>(Changes&)>& change, Deadline deadline);

 private:
  static Error Misplaced(std::string_view table, std::string_view row_key);
  void Invalidate(std::string_view table, std::string_view row_key);
  template <class T>
  void InvalidateListing(std::string_view table, std::string_view row_key) {
    if (Table<T>::kName != table) return;
    std::get<RowCache<std::vector<std::shared_ptr<const T>>>>(listings_).Invalidate(
        LeadingParts(row_key, Listed<T>::kParts));
  }

  static constexpr std::size_t kListingRowsMax = 100'000;

  ports::Store& store_;
  std::atomic<std::uint64_t> identity_version_{0};
  std::tuple<RowCache<std::vector<std::shared_ptr<const domain::Grant>>>,
             RowCache<std::vector<std::shared_ptr<const KeyAlias>>>>
      listings_;
  std::tuple<RowCache<domain::Key>, RowCache<domain::KeyMaterial>, RowCache<domain::Alias>,
             RowCache<KeyPolicy>, RowCache<Account>, RowCache<User>, RowCache<StoredAccessKey>,
             RowCache<Installation>, RowCache<Group>, RowCache<Role>, RowCache<ManagedPolicy>,
             RowCache<MfaDevice>, RowCache<AccessKeyUse>, RowCache<GrantId>, RowCache<PrincipalArn>,
             RowCache<domain::ImportKey>, RowCache<domain::CustomKeyStore>,
             RowCache<domain::DeletedKey>, RowCache<domain::KeyUse>>
      caches_;
};

}  // namespace kmaas::records
