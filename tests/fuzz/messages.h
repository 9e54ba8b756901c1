// Messages of protobuf for fuzzers: comparing them, and quiet while they are read.
#pragma once

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/message.h>
#include <google/protobuf/stubs/logging.h>

#include <string>

namespace kmaas::fuzz {

// Equal when the messages are: maps in the order of their keys.
inline std::string MessageBytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  return bytes;
}

// protobuf writes a line for each text that is not UTF-8: here, for most inputs.
inline void SilenceProtobuf() { static const google::protobuf::LogSilencer silencer; }

}  // namespace kmaas::fuzz
