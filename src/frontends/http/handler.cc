#include "frontends/http/handler.h"

namespace kmaas::http {

Response Handler::Refuse(const Request& /*request*/, unsigned status) { return {status, {}, {}}; }

}  // namespace kmaas::http
