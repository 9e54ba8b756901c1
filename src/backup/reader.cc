#include "backup/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <system_error>
#include <utility>

#include "backup/writer.h"
#include "crypto/aead.h"
#include "crypto/ecdsa.h"

namespace kmaas::backup {
namespace {

constexpr std::size_t kSealedBytesMax = kFrameBytesMax + crypto::kGcmTagBytes;

struct Frame {
  FrameKind kind = FrameKind::kEnd;
  Bytes sealed;
};

// The file from its beginning to its signature; hashes what it hands out.
class Stream {
 public:
  static Result<Stream> Open(const std::string& path) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return Failed(path, std::generic_category().message(errno));
    Stream stream(path, file);
    struct stat status {};
    if (::fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
      return Failed(path, "is not a regular file");
    stream.size_ = static_cast<std::uint64_t>(status.st_size);
    return stream;
  }
  Stream(Stream&& other) noexcept
      : path_(std::move(other.path_)),
        file_(std::exchange(other.file_, -1)),
        size_(other.size_),
        content_(std::move(other.content_)) {}
  Stream& operator=(Stream&&) = delete;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  ~Stream() {
    if (file_ >= 0) ::close(file_);
  }

  static Error Failed(const std::string& path, const std::string& what) {
    return {ErrorCode::kValidation, path + ": " + what};
  }
  Error Failed(const std::string& what) const { return Failed(path_, what); }

  Result<Bytes> Take(std::size_t size) {
    KM_TRY(Bytes bytes, Read(size));
    content_->Update(bytes);
    return bytes;
  }
  // What no signature covers.
  Result<Bytes> Read(std::size_t size) {
    if (size > size_ - read_) return Failed("ends too early: it was cut off");
    Bytes bytes(size);
    for (std::size_t filled = 0; filled < size;) {
      const ssize_t got = ::read(file_, bytes.data() + filled, size - filled);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return Failed(std::generic_category().message(errno));
      if (got == 0) return Failed("became shorter while it was read");
      filled += static_cast<std::size_t>(got);
    }
    read_ += size;
    return bytes;
  }

  std::uint64_t read() const { return read_; }
  std::uint64_t size() const { return size_; }
  crypto::Sha256Digest Finish() { return content_->Finish(); }

 private:
  Stream(std::string path, int file) : path_(std::move(path)), file_(file) {}

  std::string path_;
  int file_;
  std::uint64_t size_ = 0;
  std::uint64_t read_ = 0;
  std::unique_ptr<crypto::Sha256Stream> content_ = std::make_unique<crypto::Sha256Stream>();
};

struct Beginning {
  Header header;
  crypto::Sha256Digest digest{};
};

Result<Beginning> TakeBeginning(Stream& stream) {
  Bytes whole;
  if (stream.size() < kMagic.size()) return stream.Failed("is no backup of kmaas");
  KM_TRY(whole, stream.Take(kMagic.size()));
  if (AsText(whole) != kMagic) return stream.Failed("is no backup of kmaas, or of a newer form");
  KM_TRY(const Bytes size_bytes, stream.Take(sizeof(std::uint32_t)));
  const std::uint32_t size = ByteReader(size_bytes).U32();
  if (size > kHeaderBytesMax) return stream.Failed("the header is damaged");
  KM_TRY(const Bytes encoded, stream.Take(size));
  Result<Header> header = ParseHeader(encoded);
  if (!header) return stream.Failed(header.error().message);
  Append(whole, size_bytes);
  Append(whole, encoded);
  return Beginning{*std::move(header), crypto::Sha256(whole)};
}

Result<Frame> TakeFrame(Stream& stream) {
  KM_TRY(const Bytes head, stream.Take(1 + sizeof(std::uint32_t)));
  ByteReader reader(head);
  const std::uint8_t kind = reader.U8();
  const std::uint32_t size = reader.U32();
  const bool known = kind >= static_cast<std::uint8_t>(FrameKind::kPart) &&
                     kind <= static_cast<std::uint8_t>(FrameKind::kEnd);
  if (!known || size < crypto::kGcmTagBytes || size > kSealedBytesMax)
    return stream.Failed("is damaged before byte " + std::to_string(stream.read()));
  Frame frame{static_cast<FrameKind>(kind), {}};
  KM_TRY(frame.sealed, stream.Take(size));
  return frame;
}

Result<void> RequireEnd(Stream& stream) {
  if (stream.read() == stream.size()) return {};
  return stream.Failed("has " + std::to_string(stream.size() - stream.read()) +
                       " bytes behind its end");
}

Error WrongSignature(const Stream& stream, bool given) {
  return stream.Failed(given ? "the signature is by none of the given keys, or the file was changed"
                             : "the signature does not match: the file was changed");
}

// Opens frames and hands on what is in them, while what comes is what must come.
class Opening {
 public:
  Opening(const Stream& stream, const crypto::Sha256Digest& beginning, const SecretBytes& key,
          Parts& parts)
      : stream_(stream), beginning_(beginning), key_(key), parts_(parts) {}

  Result<void> Take(const Frame& frame) {
    const Bytes nonce = FrameNonce(number_++);
    const Bytes associated = FrameAssociated(beginning_, frame.kind);
    SecretBytes plaintext;
    if (!crypto::GcmOpen({key_.view(), nonce, associated}, frame.sealed, plaintext))
      return stream_.Failed("frame " + std::to_string(number_) +
                            " does not open: it was changed, or is not in its place");
    if (frame.kind == FrameKind::kBytes) return Put(plaintext.view());
    if (missing_ != 0) return stream_.Failed("a part ends too early");
    return frame.kind == FrameKind::kPart ? Begin(plaintext.view()) : Result<void>();
  }

 private:
  Result<void> Begin(ByteView plaintext) {
    ByteReader reader(plaintext);
    const std::string name = ToString(reader.Take(reader.U32()));
    missing_ = reader.U64();
    if (!reader.ok() || !reader.rest().empty()) return stream_.Failed("a part has no name");
    return parts_.Begin(name, missing_);
  }
  Result<void> Put(ByteView bytes) {
    if (bytes.empty() || bytes.size() > missing_) return stream_.Failed("a part is too long");
    missing_ -= bytes.size();
    return parts_.Put(bytes);
  }

  const Stream& stream_;
  const crypto::Sha256Digest& beginning_;
  const SecretBytes& key_;
  Parts& parts_;
  std::uint64_t number_ = 0;
  std::uint64_t missing_ = 0;
};

}  // namespace

Result<Outline> CheckFile(const std::string& path, const std::vector<Bytes>& public_keys,
                          const ReadProgress& progress) {
  KM_TRY(Stream stream, Stream::Open(path));
  KM_TRY(Beginning beginning, TakeBeginning(stream));
  Outline outline{std::move(beginning.header), stream.size()};
  for (FrameKind kind = FrameKind::kPart; kind != FrameKind::kEnd; ++outline.frames) {
    KM_TRY(const Frame frame, TakeFrame(stream));
    kind = frame.kind;
    if (progress) progress(stream.read(), stream.size());
  }
  const crypto::Sha256Digest signed_digest = SignedDigest(stream.Finish());
  KM_TRY(const Bytes signature, stream.Read(kSignatureBytes));
  KM_CHECK(RequireEnd(stream));
  const auto has_signed = [&](const Bytes& key) {
    return crypto::VerifyP256(key, signed_digest, signature);
  };
  outline.known_key = std::any_of(public_keys.begin(), public_keys.end(), has_signed);
  const bool good =
      public_keys.empty() ? has_signed(outline.header.audit_public_key) : outline.known_key;
  if (!good) return WrongSignature(stream, !public_keys.empty());
  return outline;
}

Result<void> ReadParts(const std::string& path, const Header& header, const SecretBytes& key,
                       Parts& parts, const ReadProgress& progress) {
  KM_TRY(Stream stream, Stream::Open(path));
  KM_TRY(const Beginning beginning, TakeBeginning(stream));
  if (beginning.header != header) return stream.Failed("was replaced while it was read");
  Opening opening(stream, beginning.digest, key, parts);
  for (FrameKind kind = FrameKind::kPart; kind != FrameKind::kEnd;) {
    KM_TRY(const Frame frame, TakeFrame(stream));
    kind = frame.kind;
    KM_CHECK(opening.Take(frame));
    if (progress) progress(stream.read(), stream.size());
  }
  KM_CHECK(stream.Read(kSignatureBytes));
  return RequireEnd(stream);
}

}  // namespace kmaas::backup
