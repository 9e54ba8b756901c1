#include "app/front_door.h"

#include "frontends/aws_query/handler.h"

namespace kmaas::app {

http::Response FrontDoor::Handle(http::Request& request) {
  return aws_query::IsQueryRequest(request) ? query_.Handle(request) : json_.Handle(request);
}

}  // namespace kmaas::app
