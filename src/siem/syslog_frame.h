// The form of a syslog message: RFC 5424 with octet counting (RFC 5425 section 4.3, RFC 6587
// section 3.4.1).
#pragma once

#include <string>

#include "siem/destination.h"
#include "siem/message.h"

namespace kmaas::siem {

struct SyslogOrigin {
  std::string host;
  std::string app_name;
  std::string process_id;
  std::uint32_t facility = 13;
  std::uint32_t enterprise = kDocumentationEnterprise;
};

// "LEN <PRI>1 TIME HOST APP PROCID MSGID [kmaas@PEN seq="N" eventId="..."] BODY". There is no byte
// order mark before the body: readers of JSON stumble over it, and RFC 5424 lets a message without
// it be of any encoding.
std::string ToSyslogFrame(const SyslogOrigin& origin, const Message& message);

}  // namespace kmaas::siem
