// ARNs of what IAM has: "arn:aws:iam::111122223333:role/path/name".
#pragma once

#include <string>
#include <string_view>

namespace kmaas::domain {

// Of that ARN "name" and "/path/"; the path is "/" where there is none.
std::string NameInArn(std::string_view arn);
std::string PathInArn(std::string_view arn);

}  // namespace kmaas::domain
