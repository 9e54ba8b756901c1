// Messages between the server and an HSM worker. An input is, by its first byte, a request for a
// module that looks at all that it is given, or a reply to one of the questions of the engine.
#include <array>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "hsm/worker/formats.h"

namespace {

using namespace kmaas::hsm::worker;  // NOLINT(google-build-using-namespace): a fuzzer of it alone
using kmaas::MutableByteView;

volatile unsigned looked_at = 0;

void Look(const void* bytes, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    looked_at = looked_at + static_cast<const std::uint8_t*>(bytes)[i];
}

void Look(const CK_MECHANISM* mechanism) { Look(mechanism->pParameter, mechanism->ulParameterLen); }

void Look(const CK_ATTRIBUTE* rows, CK_ULONG count) {
  for (CK_ULONG i = 0; i < count; ++i) {
    Look(rows[i].pValue, rows[i].ulValueLen);
    if (rows[i].type != CKA_UNWRAP_TEMPLATE) continue;
    const auto* nested = static_cast<const CK_ATTRIBUTE*>(rows[i].pValue);
    for (CK_ULONG k = 0; k < rows[i].ulValueLen / sizeof(CK_ATTRIBUTE); ++k)
      Look(nested[k].pValue, nested[k].ulValueLen);
  }
}

void Fill(CK_BYTE* out, CK_ULONG* size) {
  if (out != nullptr) std::memset(out, 0x5a, *size);
}

CK_FUNCTION_LIST CuriousModule() {
  CK_FUNCTION_LIST list{};
  list.C_Login = [](CK_SESSION_HANDLE, CK_USER_TYPE, CK_BYTE* pin, CK_ULONG size) -> CK_RV {
    return Look(pin, size), CKR_OK;
  };
  list.C_CreateObject = [](CK_SESSION_HANDLE, CK_ATTRIBUTE* rows, CK_ULONG count,
                           CK_OBJECT_HANDLE*) -> CK_RV { return Look(rows, count), CKR_OK; };
  list.C_GetAttributeValue = [](CK_SESSION_HANDLE, CK_OBJECT_HANDLE, CK_ATTRIBUTE* rows,
                                CK_ULONG count) -> CK_RV {
    for (CK_ULONG i = 0; i < count; ++i)
      if (rows[i].pValue != nullptr && (rows[i].type & CKF_ARRAY_ATTRIBUTE) == 0)
        Fill(static_cast<CK_BYTE*>(rows[i].pValue), &rows[i].ulValueLen);
    return CKR_OK;
  };
  list.C_SignInit = [](CK_SESSION_HANDLE, CK_MECHANISM* how, CK_OBJECT_HANDLE) -> CK_RV {
    return Look(how), CKR_OK;
  };
  list.C_Sign = [](CK_SESSION_HANDLE, CK_BYTE* data, CK_ULONG size, CK_BYTE* out,
                   CK_ULONG* out_size) -> CK_RV {
    return Look(data, size), Fill(out, out_size), CKR_OK;
  };
  list.C_VerifyInit = list.C_SignInit;
  list.C_Verify = [](CK_SESSION_HANDLE, CK_BYTE* data, CK_ULONG size, CK_BYTE* tag,
                     CK_ULONG tag_size) -> CK_RV {
    return Look(data, size), Look(tag, tag_size), CKR_OK;
  };
  list.C_DeriveKey = [](CK_SESSION_HANDLE, CK_MECHANISM* how, CK_OBJECT_HANDLE, CK_ATTRIBUTE* rows,
                        CK_ULONG count, CK_OBJECT_HANDLE*) -> CK_RV {
    return Look(how), Look(rows, count), CKR_OK;
  };
  list.C_GenerateRandom = [](CK_SESSION_HANDLE, CK_BYTE* out, CK_ULONG size) -> CK_RV {
    return Fill(out, &size), CKR_OK;
  };
  list.C_GetSlotList = [](CK_BBOOL, CK_SLOT_ID* slots, CK_ULONG* count) -> CK_RV {
    for (CK_ULONG i = 0; slots != nullptr && i < *count; ++i) slots[i] = i;
    return CKR_OK;
  };
  list.C_FindObjects = [](CK_SESSION_HANDLE, CK_OBJECT_HANDLE* found, CK_ULONG room,
                          CK_ULONG* count) -> CK_RV {
    for (CK_ULONG i = 0; i < room; ++i) found[i] = i;
    return *count = room, CKR_OK;
  };
  return list;
}

void TryRequest(MutableByteView message) {
  static const CK_FUNCTION_LIST module = CuriousModule();
  std::vector<std::uint64_t> reply(kMessageBytesMax / sizeof(std::uint64_t));
  Reader reader(message);
  Writer writer({reinterpret_cast<std::uint8_t*>(reply.data()), kMessageBytesMax});
  ServeRequest(module, reader, writer);
}

// Memory of the engine ends where a reply must not pass: a sanitizer sees the rest, and this what
// lies behind it.
constexpr CK_ULONG kRoom = 40;
constexpr CK_BYTE kBehind = 0xa5;

void TryReply(unsigned question, MutableByteView message) {
  Reader reader(message);
  const CK_RV rv = reader.Number();
  std::vector<CK_BYTE> bytes(2 * kRoom, kBehind);
  std::array<CK_ULONG, 10> numbers{};
  CK_ULONG size = kRoom;
  CK_ULONG count = 5;
  std::array<CK_ATTRIBUTE, 2> nested{{{CKA_LABEL, bytes.data(), 20}, {CKA_ID, nullptr, 0}}};
  std::array<CK_ATTRIBUTE, 2> rows{
      {{CKA_VALUE, bytes.data() + 20, 20}, {CKA_UNWRAP_TEMPLATE, nested.data(), sizeof nested}}};
  CK_TOKEN_INFO facts{};
  switch (question % 6) {
    case 0:
      AskingOf<Output>(bytes.data(), &size).Learn(rv, reader);
      break;
    case 1:
      AskingOf<Filled>(bytes.data(), kRoom).Learn(rv, reader);
      break;
    case 2:
      AskingOf<Sought>(rows.data(), CK_ULONG{2}).Learn(rv, reader);
      break;
    case 3:
      AskingOf<Listed>(numbers.data(), &count).Learn(rv, reader);
      break;
    case 4:
      AskingOf<Found>(numbers.data(), CK_ULONG{5}, &count).Learn(rv, reader);
      break;
    default:
      AskingOf<Told<CK_TOKEN_INFO>, Made>(&facts, &size).Learn(rv, reader);
  }
  for (std::size_t i = kRoom; i < bytes.size(); ++i)
    if (bytes[i] != kBehind) std::abort();
  for (std::size_t i = 5; i < numbers.size(); ++i)
    if (numbers[i] != 0) std::abort();
  // What is believed is what somebody can make room for.
  if (!reader.ok()) return;
  for (const CK_ATTRIBUTE& row : rows)
    if (row.ulValueLen > (1U << 20U) && row.ulValueLen != CK_UNAVAILABLE_INFORMATION) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kMessageBytesMax) return 0;
  std::vector<std::uint64_t> aligned(size / sizeof(std::uint64_t) + 1);
  const MutableByteView message{reinterpret_cast<std::uint8_t*>(aligned.data()), size - 1};
  if (size > 1) std::memcpy(message.data(), data + 1, size - 1);
  if (data[0] % 2 == 0)
    TryRequest(message);
  else
    TryReply(data[0] / 2U, message);
  return 0;
}
