// Which protocol an HTTPS request speaks, and so which front end answers it.
#pragma once

#include "frontends/http/handler.h"

namespace kmaas::app {

// Thread-safe; borrows both. Forms without X-Amz-Target are the Query protocol's; everything else,
// the health probes and what is no call at all too, is AWS JSON's. A form that has the header is
// refused there, so no request is understood in two ways.
class FrontDoor final : public http::Handler {
 public:
  FrontDoor(http::Handler& json, http::Handler& query) : json_(json), query_(query) {}

  http::Response Handle(http::Request& request) override;
  http::Response Refuse(const http::Request& request, unsigned status) override {
    return json_.Refuse(request, status);
  }

 private:
  http::Handler& json_;
  http::Handler& query_;
};

}  // namespace kmaas::app
