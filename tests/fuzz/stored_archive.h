// A ZIP archive whose parts are stored as they are: to deflate them would take longer than to read
// the workbook (APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16).
#pragma once

#include <boost/crc.hpp>
#include <cstdint>
#include <vector>

#include "workbook/archive_writer.h"

namespace kmaas::fuzz {

class StoredArchive {
 public:
  void Add(const workbook::Part& part) {
    const auto at = static_cast<std::uint32_t>(file_.size());
    Bytes common;  // to both headers
    Put16(common, kVersion);
    Put16(common, 0);  // flags
    Put16(common, 0);  // stored
    Put16(common, 0);  // time
    Put16(common, kDosDate);
    boost::crc_32_type sum;
    sum.process_bytes(part.content.data(), part.content.size());
    Put32(common, sum.checksum());
    Put32(common, static_cast<std::uint32_t>(part.content.size()));
    Put32(common, static_cast<std::uint32_t>(part.content.size()));
    Put16(common, static_cast<std::uint16_t>(part.name.size()));
    Put16(common, 0);  // extra field
    Put32(file_, kLocalHeader);
    Append(file_, common);
    Append(file_, part.name);
    Append(file_, part.content);
    Put32(directory_, kDirectoryHeader);
    Put16(directory_, kVersion);
    Append(directory_, common);
    directory_.resize(directory_.size() + kNoCommentDiskAndAttributes);
    Put32(directory_, at);
    Append(directory_, part.name);
    ++count_;
  }

  Bytes File() const {
    Bytes whole = file_;
    Append(whole, directory_);
    Put32(whole, kEnd);
    Put32(whole, 0);  // disks
    Put16(whole, count_);
    Put16(whole, count_);
    Put32(whole, static_cast<std::uint32_t>(directory_.size()));
    Put32(whole, static_cast<std::uint32_t>(file_.size()));
    Put16(whole, 0);  // comment
    return whole;
  }

 private:
  static constexpr std::uint32_t kLocalHeader = 0x04034b50;
  static constexpr std::uint32_t kDirectoryHeader = 0x02014b50;
  static constexpr std::uint32_t kEnd = 0x06054b50;
  static constexpr std::uint16_t kVersion = 20;
  static constexpr std::uint16_t kDosDate = 33;
  static constexpr std::size_t kNoCommentDiskAndAttributes = 10;

  static void Put16(Bytes& to, std::uint16_t number) {
    to.push_back(static_cast<std::uint8_t>(number));
    to.push_back(static_cast<std::uint8_t>(number >> 8U));
  }
  static void Put32(Bytes& to, std::uint32_t number) {
    Put16(to, static_cast<std::uint16_t>(number));
    Put16(to, static_cast<std::uint16_t>(number >> 16U));
  }

  Bytes file_;
  Bytes directory_;
  std::uint16_t count_ = 0;
};

}  // namespace kmaas::fuzz
