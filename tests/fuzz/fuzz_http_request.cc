// The HTTP request reader. The first byte seeds the cuts, the rest is what a connection sends: cut
// anywhere, it must mean the same requests as in one piece, up to the same place. The refusal after
// them may differ: what is wrong in two ways is refused for what shows first, and a line without
// its end is refused when what follows is there to see, and else waited for.
#include <algorithm>
#include <cstdlib>

#include "frontends/http/request_reader.h"

namespace {

using kmaas::http::ReadProgress;

void Note(std::string& out, std::string_view text) {
  out.append(std::to_string(text.size())).append(":").append(text);
}

// No two readers may find different ends of a request.
void RequireOneLength(const kmaas::http::Request& request) {
  std::size_t hosts = 0;
  std::size_t lengths = 0;
  std::size_t codings = 0;
  for (const auto& header : request.headers) {
    const bool is_length = kmaas::http::EqualsIgnoringCase(header.name, "content-length");
    if (is_length && header.value.find_first_not_of("0123456789") != std::string::npos)
      std::abort();
    if (is_length && std::stoull(header.value) != request.body.size()) std::abort();
    lengths += is_length ? 1 : 0;
    hosts += kmaas::http::EqualsIgnoringCase(header.name, "host") ? 1 : 0;
    codings += kmaas::http::EqualsIgnoringCase(header.name, "transfer-encoding") ? 1 : 0;
  }
  if (hosts > 1 || lengths + codings > 1) std::abort();
  if (lengths + codings == 0 && !request.body.empty()) std::abort();
}

void NoteRequest(const kmaas::http::Request& request, bool keep_alive, std::string& out) {
  Note(out, request.method);
  Note(out, request.target);
  for (const auto& header : request.headers) {
    Note(out, header.name);
    Note(out, header.value);
  }
  Note(out, request.body);
  out.append(keep_alive ? "keep" : "close");
}

kmaas::http::ServerOptions SmallBounds() {
  kmaas::http::ServerOptions options;
  options.header_bytes_max = 512;
  options.headers_max = 8;
  options.body_bytes_max = 256;
  return options;
}

void RequireKnownRefusal(unsigned status) {
  if (status != 400 && status != 413 && status != 417 && status != 431) std::abort();
}

// Everything that a connection understood, as one text. Cuts after 1 to `pieces_max` bytes each; 0:
// never.
std::string Read(std::string_view stream, std::size_t pieces_max, std::uint32_t seed) {
  static const kmaas::http::ServerOptions options = SmallBounds();
  kmaas::http::ReadBuffer buffer(options.header_bytes_max);
  kmaas::http::BodyBudget bodies(options.bodies_bytes_max);
  kmaas::http::RequestReader reader(options, bodies);
  std::string requests;
  while (!stream.empty()) {
    const auto room = buffer.Prepare();
    std::size_t size = std::min(room.size(), stream.size());
    seed = seed * 1664525U + 1013904223U;
    if (pieces_max != 0) size = std::min<std::size_t>(size, 1 + (seed >> 16U) % pieces_max);
    std::copy_n(stream.begin(), size, room.begin());
    buffer.Commit(size);
    stream.remove_prefix(size);
    ReadProgress progress = reader.Feed(buffer);
    while (progress == ReadProgress::kComplete) {
      RequireOneLength(reader.request());
      NoteRequest(reader.request(), reader.keep_alive(), requests);
      reader.Reset();
      progress = reader.Feed(buffer);
    }
    if (progress == ReadProgress::kRefused) {
      RequireKnownRefusal(reader.refusal());
      return requests;
    }
    if (buffer.Prepare().empty()) std::abort();
  }
  return requests;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string whole = Read(stream, 0, 0);
  if (Read(stream, 1, 0) != whole) std::abort();
  if (Read(stream, 1U + data[0] % 64U, data[0]) != whole) std::abort();
  return 0;
}
