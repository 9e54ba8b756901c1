#include "identity/enrolment.h"

#include <algorithm>
#include <array>

#include "base/encoding.h"
#include "domain/iam_names.h"

namespace kmaas::identity {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::size_t kEntityIdRandomCharacters = 17;
constexpr std::size_t kAccessKeyIdRandomCharacters = 16;
constexpr std::size_t kAccountIdDigits = 12;
constexpr std::size_t kSecretRandomBytes = 30;  // 40 characters of base64
constexpr std::size_t kUserNameBytesMax = 64;
constexpr std::size_t kUserPathBytesMax = 512;
constexpr std::size_t kAccountNameBytesMax = 50;

bool IsPrintable(char c) { return c >= 0x20 && c <= 0x7e; }

Error Invalid(std::string message) { return {ErrorCode::kValidation, std::move(message)}; }

template <class T>
Result<void> AddOnce(records::Changes& changes, const T& record, std::string_view what) {
  const std::string row_key = records::Table<T>::RowKey(record);
  KM_TRY(const auto present, changes.Get<T>(row_key));
  if (present) {
    return Error{ErrorCode::kAlreadyExists, std::string(what) + " " + row_key + " exists already"};
  }
  return changes.Put(record);
}

}  // namespace

std::string UniqueId(std::string_view prefix, std::size_t random_characters,
                     ports::RandomSource& source) {
  std::string id(prefix);
  Bytes random(random_characters);
  source.Fill(random);
  for (const std::uint8_t byte : random) id.push_back(kBase32[byte % kBase32.size()]);
  return id;
}

std::string MakeEntityId(std::string_view prefix, ports::RandomSource& random) {
  return UniqueId(prefix, kEntityIdRandomCharacters, random);
}

bool IsUserName(std::string_view text) {
  return !text.empty() && text.size() <= kUserNameBytesMax &&
         std::all_of(text.begin(), text.end(), domain::IsNameCharacter);
}

bool IsUserPath(std::string_view text) {
  return !text.empty() && text.size() <= kUserPathBytesMax && text.front() == '/' &&
         text.back() == '/' &&
         std::all_of(text.begin(), text.end(), [](char c) { return IsPrintable(c) && c != ' '; });
}

Result<records::Account> MakeAccount(std::string_view id, std::string_view name, Making making) {
  if (!id.empty() && !domain::IsAccountId(id)) {
    return Invalid("an account id is 12 digits: " + std::string(id));
  }
  if (name.empty() || name.size() > kAccountNameBytesMax ||
      !std::all_of(name.begin(), name.end(), IsPrintable)) {
    return Invalid("an account name is 1 to 50 printable ASCII characters");
  }
  std::string account_id(id);
  if (account_id.empty()) {
    std::array<std::uint8_t, kAccountIdDigits> random{};
    making.random.Fill(random);
    for (const std::uint8_t byte : random) {
      account_id.push_back(static_cast<char>('0' + byte % 10));
    }
    // Many tools read account ids as numbers and drop leading zeros.
    if (account_id.front() == '0') account_id.front() = '1';
  }
  return records::Account{std::move(account_id), std::string(name), making.now, ""};
}

Result<records::User> MakeUser(const records::Account& account, std::string_view name,
                               std::string_view path, Making making) {
  if (!IsUserName(name)) return Invalid("a user name is 1 to 64 letters, digits and +=,.@_-");
  if (!IsUserPath(path)) return Invalid("a user path is / or begins and ends with /");
  records::User user;
  user.account = account.id;
  user.name = name;
  user.path = path;
  user.user_id = MakeEntityId(domain::kUserIdPrefix, making.random);
  user.created = making.now;
  return user;
}

Result<NewAccessKey> MakeAccessKey(const records::User& user, ports::CryptoEngine& engine,
                                   Making making, Deadline deadline) {
  SecretBytes random(kSecretRandomBytes);
  KM_CHECK(engine.GenerateRandom(random.span(), deadline));
  std::string text = Base64Encode(random.view());
  NewAccessKey made{
      {UniqueId(domain::kAccessKeyIdPrefix, kAccessKeyIdRandomCharacters, making.random),
       user.account,
       user.name,
       true,
       {},
       making.now},
      SecretBytes(AsBytes(text))};
  WipeText(text);
  SealedSecrets secrets(engine, making.random);
  KM_TRY(made.row.sealed_secret, secrets.Seal(made.row, made.secret, deadline));
  return made;
}

Result<void> AddNew(records::Changes& changes, const records::Account& account) {
  return AddOnce(changes, account, "account");
}
Result<void> AddNew(records::Changes& changes, const records::User& user) {
  return AddOnce(changes, user, "user");
}
Result<void> AddNew(records::Changes& changes, const records::StoredAccessKey& key) {
  KM_CHECK(AddOnce(changes, key, "access key"));
  return changes.Put(records::UserAccessKey{key.account, key.user_name, key.id});
}

}  // namespace kmaas::identity
