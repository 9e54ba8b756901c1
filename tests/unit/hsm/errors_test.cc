// Goal: each return code leads to the right reaction.
#include "hsm/errors.h"

#include <gtest/gtest.h>

namespace kmaas::hsm {
namespace {

TEST(ReturnCodes, SayWhenTheEngineIsLost) {
  for (const CK_RV code :
       {CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT,
        CKR_USER_NOT_LOGGED_IN, CKR_OBJECT_HANDLE_INVALID, CKR_KEY_HANDLE_INVALID,
        CKR_CRYPTOKI_NOT_INITIALIZED, CKR_UNWRAPPING_KEY_HANDLE_INVALID})
    EXPECT_EQ(Judge({code, "C_Sign"}), Verdict::kLost) << ReturnCodeName(code);
}

TEST(ReturnCodes, SayWhenTheTokenJustRefuses) {
  for (const CK_RV code : {CKR_KEY_NOT_WRAPPABLE, CKR_TEMPLATE_INCONSISTENT, CKR_ACTION_PROHIBITED})
    EXPECT_EQ(Judge({code, "C_WrapKey"}), Verdict::kRefused) << ReturnCodeName(code);
}

TEST(ReturnCodes, DoubtWhatTheyDoNotKnow) {
  for (const CK_RV code : {CK_RV{CKR_GENERAL_ERROR}, CK_RV{CKR_DEVICE_ERROR},
                           CK_RV{CKR_HOST_MEMORY}, CK_RV{0x80000001UL}, CK_RV{0x7fffUL}})
    EXPECT_EQ(Judge({code, "C_Sign"}), Verdict::kDoubtful) << ReturnCodeName(code);
}

TEST(ReturnCodes, DoubtWhatAKeyThatGoesMayGive) {
  for (const CK_RV code : {CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED,
                           CKR_KEY_SIZE_RANGE, CKR_MECHANISM_INVALID})
    EXPECT_EQ(Judge({code, "C_SignInit"}), Verdict::kDoubtful) << ReturnCodeName(code);
}

TEST(ReturnCodes, BlameTheDataOnlyWhereDataIsOpened) {
  for (const CK_RV code :
       {CKR_GENERAL_ERROR, CKR_ENCRYPTED_DATA_INVALID, CKR_WRAPPED_KEY_INVALID}) {
    EXPECT_TRUE(MayBeOfTheData({code, "C_Decrypt"})) << ReturnCodeName(code);
    EXPECT_TRUE(MayBeOfTheData({code, "C_UnwrapKey"})) << ReturnCodeName(code);
    EXPECT_FALSE(MayBeOfTheData({code, "C_DecryptInit"})) << ReturnCodeName(code);
  }
  for (const CK_RV code : {CKR_DEVICE_REMOVED, CKR_SESSION_COUNT, CKR_HOST_MEMORY})
    EXPECT_FALSE(MayBeOfTheData({code, "C_Decrypt"})) << ReturnCodeName(code);
}

TEST(ReturnCodes, SayThatATokenCannotOnlyWhereItSaysSo) {
  for (const CK_RV code :
       {CKR_MECHANISM_INVALID, CKR_KEY_NOT_WRAPPABLE, CKR_ARGUMENTS_BAD, CKR_DOMAIN_PARAMS_INVALID})
    EXPECT_TRUE(MeansCannot({code, "C_Sign"})) << ReturnCodeName(code);
  for (const CK_RV code :
       {CKR_OK, CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED, CKR_DEVICE_REMOVED, CKR_KEY_HANDLE_INVALID})
    EXPECT_FALSE(MeansCannot({code, "C_Sign"})) << ReturnCodeName(code);
}

TEST(ReturnCodes, TellPinRefusalsApart) {
  for (const CK_RV code : {CKR_PIN_INCORRECT, CKR_PIN_LOCKED, CKR_PIN_EXPIRED, CKR_PIN_INVALID,
                           CKR_PIN_LEN_RANGE, CKR_USER_PIN_NOT_INITIALIZED})
    EXPECT_TRUE(IsPinRefusal(code)) << ReturnCodeName(code);
  EXPECT_FALSE(IsPinRefusal(CKR_OK));
  EXPECT_FALSE(IsPinRefusal(CKR_GENERAL_ERROR));
}

TEST(ReturnCodes, HaveNames) {
  EXPECT_EQ(ReturnCodeName(CKR_PIN_LOCKED), "CKR_PIN_LOCKED");
  EXPECT_EQ(ReturnCodeName(0x80000001UL), "CKR_0x80000001");
  EXPECT_EQ(Describe({CKR_GENERAL_ERROR, "C_UnwrapKey"}), "C_UnwrapKey: CKR_GENERAL_ERROR");
}

TEST(ReturnCodes, StayOutOfTheMessageForCallers) {
  const Error error = ToError({CKR_GENERAL_ERROR, "C_Sign"}, ErrorCode::kKmsInternal, "No.");
  EXPECT_EQ(error.message, "No.");
  EXPECT_EQ(error.detail, "C_Sign: CKR_GENERAL_ERROR");
}

}  // namespace
}  // namespace kmaas::hsm
