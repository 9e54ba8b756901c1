#include "frontends/grpc/certificate_files.h"

#include <sys/stat.h>

#include <cstdio>
#include <memory>

namespace kmaas::grpc_front {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 20U;

struct Closer {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Error Unreadable(const std::string& path) {
  return {ErrorCode::kKmsInternal, "", "grpc: cannot read " + path};
}

Result<SecretBytes> ReadText(const std::string& path) {
  const std::unique_ptr<std::FILE, Closer> file(std::fopen(path.c_str(), "rbe"));
  struct stat status {};
  if (file == nullptr || ::fstat(::fileno(file.get()), &status) != 0) return Unreadable(path);
  const auto size = static_cast<std::size_t>(status.st_size);
  if (!S_ISREG(status.st_mode) || size == 0 || size > kFileBytesMax) return Unreadable(path);
  std::setvbuf(file.get(), nullptr, _IONBF, 0);  // no second copy of a key
  SecretBytes text(size + 1);
  if (std::fread(text.span().data(), 1, size, file.get()) != size) return Unreadable(path);
  return text;
}

}  // namespace

CertificateFiles::Stamp CertificateFiles::ReadStamp() const {
  Stamp stamp{};
  std::size_t next = 0;
  for (const std::string& path : {paths_.certificate, paths_.private_key, paths_.client_ca}) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) status = {};
    stamp[next++] = status.st_mtim.tv_sec;
    stamp[next++] = status.st_mtim.tv_nsec;
    stamp[next++] = static_cast<std::int64_t>(status.st_size);
    stamp[next++] = static_cast<std::int64_t>(status.st_ino);
  }
  return stamp;
}

Result<CertificateTexts> CertificateFiles::Read() const {
  CertificateTexts texts;
  KM_TRY(texts.certificate, ReadText(paths_.certificate));
  KM_TRY(texts.private_key, ReadText(paths_.private_key));
  if (asks_clients()) {
    KM_TRY(texts.client_ca, ReadText(paths_.client_ca));
  }
  return texts;
}

Result<void> CertificateFiles::CheckReadable() const {
  KM_CHECK(Read());
  return {};
}

void CertificateFiles::LookAtOnce() noexcept {
  const std::lock_guard lock(mutex_);
  looked_at_.reset();
  // Those that could not be used before may be now, though the files are the same.
  stamp_.reset();
}

Result<std::optional<CertificateTexts>> CertificateFiles::ReadIfChanged() {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.SteadyNow();
  if (looked_at_ && now - *looked_at_ < interval_) return std::optional<CertificateTexts>();
  looked_at_ = now;
  const Stamp stamp = ReadStamp();  // before the reading: a later change is then seen as one
  if (stamp_ == stamp) return std::optional<CertificateTexts>();
  stamp_ = stamp;
  if (check_) KM_CHECK(check_());
  KM_TRY(CertificateTexts texts, Read());
  return std::optional<CertificateTexts>(std::move(texts));
}

}  // namespace kmaas::grpc_front
