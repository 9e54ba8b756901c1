// Rows as they come from the store: whatever decodes encodes to something that decodes to the same
// row key.
#include <cstdlib>

#include "records/tables.h"
#include "tests/fuzz/messages.h"

namespace {

template <class T>
void Check(std::string_view bytes) {
  const auto record = kmaas::records::Table<T>::Decode(bytes);
  if (!record) return;
  const auto again = kmaas::records::Table<T>::Decode(kmaas::records::Table<T>::Encode(*record));
  if (!again ||
      kmaas::records::Table<T>::RowKey(*again) != kmaas::records::Table<T>::RowKey(*record))
    std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  kmaas::fuzz::SilenceProtobuf();
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Check<kmaas::domain::Key>(bytes);
  Check<kmaas::domain::KeyMaterial>(bytes);
  Check<kmaas::domain::Alias>(bytes);
  Check<kmaas::domain::ImportKey>(bytes);
  Check<kmaas::domain::CustomKeyStore>(bytes);
  Check<kmaas::domain::DeletedKey>(bytes);
  Check<kmaas::domain::KeyUse>(bytes);
  Check<kmaas::records::DueWork>(bytes);
  Check<kmaas::records::StoreKey>(bytes);
  Check<kmaas::records::KeyPolicy>(bytes);
  Check<kmaas::records::StoredAccessKey>(bytes);
  Check<kmaas::records::OutboxEntry>(bytes);
  Check<kmaas::records::AccountKey>(bytes);
  Check<kmaas::records::KeyAlias>(bytes);
  Check<kmaas::records::PrincipalArn>(bytes);
  return 0;
}
