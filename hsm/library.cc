// Loading, initialising and finalising a module.
#include "hsm/library.h"

#include <dlfcn.h>

#include "hsm/errors.h"
#include "hsm/worker/isolated_module.h"

namespace kmaas::hsm {
namespace {

Error NotLoaded(const std::string& path, const std::string& why) {
  return {ErrorCode::kNotFound, "The PKCS#11 module " + path + " cannot be loaded: " + why + ".",
          "dlopen " + path};
}

}  // namespace

Result<std::shared_ptr<Library>> Library::Load(const std::string& path,
                                               const std::string& parameters) {
  KM_TRY(CK_FUNCTION_LIST* const isolated, worker::LoadIsolated({path, parameters}));
  if (isolated != nullptr) return std::shared_ptr<Library>(new Library(path, parameters, isolated));
  void* handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* why = dlerror();
    return NotLoaded(path, why != nullptr ? why : "no reason given");
  }
  void* symbol = dlsym(handle, "C_GetFunctionList");
  if (symbol == nullptr) return NotLoaded(path, "it has no C_GetFunctionList");
  CK_FUNCTION_LIST* functions = nullptr;
  const CK_RV rv = reinterpret_cast<CK_C_GetFunctionList>(symbol)(&functions);
  if (rv != CKR_OK || functions == nullptr)
    return NotLoaded(path, "C_GetFunctionList: " + ReturnCodeName(rv));
  return std::shared_ptr<Library>(new Library(path, parameters, functions));
}

Library::~Library() {
  Finalize();
  worker::Unload(*functions_);
}

Result<void> Library::Initialize() {
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;  // SoftHSM is reported to crash without it
  if (!parameters_.empty()) arguments.pReserved = parameters_.data();
  Rv rv{functions_->C_Initialize(&arguments), "C_Initialize"};
  if (rv.code == CKR_CRYPTOKI_ALREADY_INITIALIZED) {
    // It did not end when it was told to. Whatever is open in it is not ours.
    (void)functions_->C_Finalize(nullptr);
    rv.code = functions_->C_Initialize(&arguments);
  }
  if (!rv.ok()) return SetupError(rv, "The PKCS#11 module " + path_ + " does not start");
  initialised_ = true;
  return {};
}

void Library::Finalize() {
  if (!initialised_) return;
  initialised_ = false;
  ++epoch_;
  // Whatever it returns, nothing could be done about it.
  (void)functions_->C_Finalize(nullptr);
}

std::string Library::Description() const {
  CK_INFO info{};
  if (functions_->C_GetInfo(&info) != CKR_OK) return {};
  return UnpaddedText(info.manufacturerID) + ", " + UnpaddedText(info.libraryDescription) + " " +
         std::to_string(info.libraryVersion.major) + "." +
         std::to_string(info.libraryVersion.minor);
}

}  // namespace kmaas::hsm
