// Goal: a module whose search never ends costs neither all memory nor a thread for ever. Method:
// its C_FindObjects always finds as many as there is room for.
#include <algorithm>
#include <atomic>

#include "tests/component/hsm/fixture.h"
#include "tests/component/hsm/module_hook.h"

namespace kmaas::hsm {
namespace {

constexpr std::size_t kFoundMax = std::size_t{1} << 20U;

class EndlessSearch : public HsmTest {
 protected:
  // Searches while the module finds `last` objects, each time as many as it is asked for, and then
  // no more.
  Rv Search(std::size_t last, std::vector<ObjectHandle>& found) {
    const Intruder intruder(token_, Intruder::Module::kOwn);
    std::size_t given = 0;
    const ModuleHook<&CK_FUNCTION_LIST::C_FindObjects> finding(
        token_.module_path(), [&](auto /*original*/, CK_SESSION_HANDLE /*session*/,
                                  CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count) {
          *count = std::min<CK_ULONG>(room, last - given);
          std::fill_n(objects, *count, CK_OBJECT_HANDLE{1});
          given += *count;
          return CK_RV{CKR_OK};
        });
    const ModuleHook<&CK_FUNCTION_LIST::C_FindObjectsFinal> ending(
        token_.module_path(), [this](auto original, CK_SESSION_HANDLE session) {
          ++ended_;
          return original(session);
        });
    const AttributeList all;
    return intruder.session().FindAll(Template(all), found);
  }
  int ended_ = 0;
};

TEST_F(EndlessSearch, IsGivenUp) {
  std::vector<ObjectHandle> found;
  const Rv rv = Search(kFoundMax * 2, found);
  EXPECT_EQ(rv.code, CKR_GENERAL_ERROR);
  EXPECT_LE(found.size(), kFoundMax + 64) << "at the first batch beyond the bound";
  EXPECT_EQ(ended_, 1) << "the session is good for other searches";
}

TEST_F(EndlessSearch, IsOneThatFindsMoreThanAMillionObjects) {
  std::vector<ObjectHandle> found;
  EXPECT_TRUE(Search(kFoundMax, found).ok());
  EXPECT_EQ(found.size(), kFoundMax);
  EXPECT_EQ(ended_, 1);
}

}  // namespace
}  // namespace kmaas::hsm
