// What passes between the server and a worker, and what is not believed of it.
#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <string>

#include "hsm/worker/formats.h"

namespace kmaas::hsm::worker {
namespace {

using Buffer = std::array<std::uint64_t, 512>;  // aligned

MutableByteView BytesOf(Buffer& buffer) {
  return {reinterpret_cast<std::uint8_t*>(buffer.data()), sizeof buffer};
}

// A module of which each test fills in what it needs.
CK_FUNCTION_LIST module_of_test{};

template <class... Kinds>
CK_RV Serve(Function function, const AskingOf<Kinds...>& asking, bool& believed) {
  Buffer request{};
  Writer out(BytesOf(request));
  out.Number(static_cast<std::uint64_t>(Function::kNone));
  out.Number(static_cast<std::uint64_t>(function));
  asking.Ask(out);
  EXPECT_TRUE(out.ok());
  Reader in(BytesOf(request).first(out.size()));
  Buffer reply{};
  Writer answer(BytesOf(reply));
  ServeRequest(module_of_test, in, answer);
  Reader learnt(BytesOf(reply).first(answer.size()));
  const CK_RV rv = learnt.Number();
  if (rv == CKR_OK || !learnt.AtEnd()) asking.Learn(rv, learnt);
  believed = learnt.ok() && learnt.AtEnd();
  return rv;
}

template <class... Kinds>
bool Believes(const AskingOf<Kinds...>& asking, CK_RV rv, const std::function<void(Writer&)>& lie) {
  Buffer reply{};
  Writer writer(BytesOf(reply));
  lie(writer);
  Reader reader(BytesOf(reply).first(writer.size()));
  asking.Learn(rv, reader);
  return reader.ok() && reader.AtEnd();
}

TEST(WorkerMessages, ASignatureComesBackAsTheModuleMadeIt) {
  module_of_test.C_Sign = [](CK_SESSION_HANDLE session, CK_BYTE* data, CK_ULONG size, CK_BYTE* out,
                             CK_ULONG* out_size) -> CK_RV {
    EXPECT_EQ(session, 7U);
    EXPECT_EQ(std::string(data, data + size), "question");
    EXPECT_EQ(*out_size, 32U);
    std::memcpy(out, "answer", 6);
    *out_size = 6;
    return CKR_OK;
  };
  std::string question = "question";
  std::array<CK_BYTE, 32> out{};
  CK_ULONG size = out.size();
  bool believed = false;
  const AskingOf<Number, Input, Output> asking(
      CK_ULONG{7}, reinterpret_cast<CK_BYTE*>(question.data()), CK_ULONG{8}, out.data(), &size);
  EXPECT_EQ(Serve(Function::C_Sign, asking, believed), CKR_OK);
  EXPECT_TRUE(believed);
  EXPECT_EQ(std::string(out.begin(), out.begin() + static_cast<long>(size)), "answer");
}

TEST(WorkerMessages, TemplatesArriveWithWhatIsNestedInThem) {
  module_of_test.C_CreateObject = [](CK_SESSION_HANDLE, CK_ATTRIBUTE* rows, CK_ULONG count,
                                     CK_OBJECT_HANDLE* made) -> CK_RV {
    EXPECT_EQ(count, 2U);
    EXPECT_EQ(std::string(static_cast<char*>(rows[0].pValue), rows[0].ulValueLen), "label");
    EXPECT_EQ(rows[1].ulValueLen, sizeof(CK_ATTRIBUTE));
    const auto* nested = static_cast<CK_ATTRIBUTE*>(rows[1].pValue);
    EXPECT_EQ(nested[0].type, CKA_SENSITIVE);
    EXPECT_EQ(*static_cast<CK_BBOOL*>(nested[0].pValue), CK_TRUE);
    *made = 99;
    return CKR_OK;
  };
  std::string label = "label";
  CK_BBOOL yes = CK_TRUE;
  CK_ATTRIBUTE nested{CKA_SENSITIVE, &yes, sizeof yes};
  std::array<CK_ATTRIBUTE, 2> rows{
      {{CKA_LABEL, label.data(), label.size()}, {CKA_UNWRAP_TEMPLATE, &nested, sizeof nested}}};
  CK_OBJECT_HANDLE made = 0;
  bool believed = false;
  const AskingOf<Number, Given, Made> asking(CK_ULONG{7}, rows.data(), CK_ULONG{2}, &made);
  EXPECT_EQ(Serve(Function::C_CreateObject, asking, believed), CKR_OK);
  EXPECT_TRUE(believed);
  EXPECT_EQ(made, 99U);
}

TEST(WorkerMessages, ARefusedInitIsTheAnswerOfItsCall) {
  module_of_test.C_SignInit = [](CK_SESSION_HANDLE, CK_MECHANISM*, CK_OBJECT_HANDLE) -> CK_RV {
    return CKR_KEY_HANDLE_INVALID;
  };
  module_of_test.C_Sign = [](CK_SESSION_HANDLE, CK_BYTE*, CK_ULONG, CK_BYTE*, CK_ULONG*) -> CK_RV {
    ADD_FAILURE() << "it was called";
    return CKR_OK;
  };
  Buffer request{};
  Writer out(BytesOf(request));
  out.Number(static_cast<std::uint64_t>(Function::C_SignInit));
  out.Number(static_cast<std::uint64_t>(Function::C_Sign));
  CK_MECHANISM mechanism{CKM_SHA256_HMAC, nullptr, 0};
  AskingOf<Number, MechanismArgument, Number>(CK_ULONG{7}, &mechanism, CK_ULONG{1}).Ask(out);
  Reader in(BytesOf(request).first(out.size()));
  Buffer reply{};
  Writer answer(BytesOf(reply));
  ServeRequest(module_of_test, in, answer);
  EXPECT_EQ(reply[0], CKR_KEY_HANDLE_INVALID);
  EXPECT_EQ(answer.size(), sizeof(std::uint64_t));
}

TEST(WorkerMessages, NothingIsWrittenBeyondTheCallersBuffer) {
  std::array<CK_BYTE, 16> out{};
  CK_ULONG size = 8;
  const AskingOf<Output> asking(out.data(), &size);
  const std::string longer(16, 'x');
  EXPECT_FALSE(Believes(asking, CKR_OK, [&](Writer& lie) {
    lie.Number(16);
    lie.Bytes(longer.data(), longer.size());
  }));
  EXPECT_EQ(out[8], 0);
  EXPECT_EQ(size, 8U);
}

TEST(WorkerMessages, ASizeThatNobodyCanMeanIsNotBelieved) {
  CK_ULONG size = 0;
  const AskingOf<Output> length(static_cast<CK_BYTE*>(nullptr), &size);
  EXPECT_FALSE(Believes(length, CKR_OK, [](Writer& lie) {
    lie.Number(CK_ULONG{1} << 40U);
    lie.Bytes(nullptr, 0);
  }));
  CK_ATTRIBUTE row{CKA_VALUE, nullptr, 0};
  const AskingOf<Sought> value(&row, CK_ULONG{1});
  EXPECT_FALSE(Believes(value, CKR_OK, [](Writer& lie) {
    lie.Number(CK_ULONG{1} << 40U);
    lie.Bytes(nullptr, 0);
  }));
  EXPECT_EQ(row.ulValueLen, 0U);
  CK_ULONG count = 0;
  const AskingOf<Listed> slots(static_cast<CK_ULONG*>(nullptr), &count);
  EXPECT_FALSE(Believes(slots, CKR_OK, [](Writer& lie) {
    lie.Number(CK_ULONG{1} << 40U);
    lie.Bytes(nullptr, 0);
  }));
}

// The rest of it would be zeros.
TEST(WorkerMessages, AValueThatIsShorterThanItsSizeIsNotBelieved) {
  std::array<CK_BYTE, 32> value{};
  CK_ATTRIBUTE row{CKA_VALUE, value.data(), value.size()};
  const AskingOf<Sought> asking(&row, CK_ULONG{1});
  EXPECT_FALSE(Believes(asking, CKR_OK, [](Writer& lie) {
    lie.Number(CK_ULONG{32});
    lie.Bytes("12345678", 8);
  }));
}

TEST(WorkerMessages, RandomBytesThatAreTooFewAreNotBelieved) {
  std::array<CK_BYTE, 32> out{};
  const AskingOf<Filled> asking(out.data(), CK_ULONG{32});
  EXPECT_FALSE(Believes(asking, CKR_OK, [](Writer& lie) { lie.Bytes("12345678", 8); }));
}

TEST(WorkerMessages, AMechanismWithAParameterOfAnotherFormIsNotSent) {
  Buffer request{};
  Writer out(BytesOf(request));
  std::array<CK_BYTE, 24> parameter{};
  CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, parameter.data(), parameter.size()};
  AskingOf<MechanismArgument>(&mechanism).Ask(out);
  EXPECT_FALSE(out.ok());
}

TEST(WorkerMessages, WhatIsNoRequestReachesNoModule) {
  module_of_test = {};
  for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{1000}, ~std::uint64_t{0}}) {
    Buffer request{};
    Writer out(BytesOf(request));
    out.Number(number);
    out.Number(number);
    Reader in(BytesOf(request).first(out.size()));
    Buffer reply{};
    Writer answer(BytesOf(reply));
    ServeRequest(module_of_test, in, answer);
    EXPECT_EQ(reply[0], CKR_ARGUMENTS_BAD);
  }
}

}  // namespace
}  // namespace kmaas::hsm::worker
