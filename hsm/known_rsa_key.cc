// The known RSA key.
#include "hsm/known_rsa_key.h"

#include "base/encoding.h"
#include "crypto/key_wrap.h"
#include "crypto/private_key.h"
#include "hsm/key_templates.h"
#include "hsm/material_templates.h"
#include "hsm/scoped_object.h"

namespace kmaas::hsm {
namespace {

// DER PKCS#8.
constexpr std::string_view kPrivateKey =
    "MIIEvAIBADANBgkqhkiG9w0BAQEFAASCBKYwggSiAgEAAoIBAQDn05IXS+u31XmPyWOGeXlfuRsXa6wk4J2ePWpwsR5T"
    "ksP4oeWMa0/k+aXJfeBXt3buUyBXTkPMX4gV4umikQFUPl2lJJTAfD/k3CZ1Iykd1KYd2l2CRjihH2otAWouXdfgYcTo"
    "Z13fV2dVdzfcGci/y5BaZo/3KKnErer++GVCoDz4jX2qYvTMTRg09MLjrXZhHqXxpTT6yALPN2luqEfTD+VYINVyg37h"
    "7NxmNBPJS+Yzra385bivptOnwLOSd/AT7AuippYgxm4HTU8JEuGGd/Bt9QWwVwCCmg9HW/SMa77IVv/sX+U6W871xPSZ"
    "M6kLhQ8SRnFB8hnTpeWoxGxNAgMBAAECggEAWB7Qb+GQgsr3D8Rl+/ZNwCidFyx6/XOSBlXjEV4KIItvyaFEn7kk3+1T"
    "awFZlw4qe5IGf5lE5TlFAcjEtWI4Jp0kPINotbglE2nphmoslWXBFSTtmXj2yqwl0GCyy1gpmGWhkxPDl4NiSJbuGVCF"
    "wf3va6WDwNfonFXdtziVSRrlhn9KKXanVXhRCBhmrU2dFJ0MySwbOy+4wm9eJYvdxzIBdq/aqCu8UDH1NhDpqRM8z5ZJ"
    "9MTRVacPiXthkVUVDjoRISzJu8wVVO44EGDtCdVAfffY0KJhN3jkzTHizeOVmV8bbA9LrbKnKXIn5rPcaEiw/pTTG8t4"
    "Xkq5oUxgIwKBgQD38ylcqHmYrnjqtHCys3rPNOb0kpPKsrZDrHuyb1NeN0raQ9pZFlEoBDcowJgmHnFuz11FHNVo565u"
    "8Evlx6Hl8fJqLwXxbkU3e5bFwpH+s546amwT7+oLrpOC1QqqtQEBdM2htxgJeEnRwVqkUtgdcGb9zm+VKtDYM5qjML0C"
    "SwKBgQDvWmY0ADExnLWwDdUJzfaFoNfDjup77Z372M8PLLuLZi48XNv5BHqEACiWZRuul1L9KUkaS9wwVKEZSZ43mIGI"
    "bm4cGQbT1DqCoHSTzXP1jggcUrtDzbijZlRJXykSZHduVl7py6xalDVh4vTQphhDxxbMlx2kN2mPLFS8jqBsxwKBgCrb"
    "nQqnFF2PytbG2bQJ0fB+9GzR6TngKiEIb1koZQCkDgwsLlG3yc9g6yfgImx0VqcQsM6BbWH0qfIDFxtgpltYts4j0qMo"
    "rE4qzqTgPNwJsA/o1UWc8peSVW0H5hAbuVDHH8QUIdOBN0FKaqB8sV5lT2gPhroB7JdyVAhhJEqBAoGAWZHdv0X3Ita/"
    "ExQKDjI6N8V6GN+JljjUryNyUP5vbHofgU1KsERhyLX6elV553sPfleN2L5ctuVkp/7pq2pxxul0YSVobar0/l8nYQw4"
    "gcLV/CtlkrkQiG1Jy29GAnEAVJUTza//XqIp2+i/rrkJSYveV0+RsxtdcEuppipFlI8CgYBBl2xmnLOwDWhs5me/v7Oz"
    "RtOdiF13KgA+GmEURzoF3hKOR9Yf01qxgJhKbO7sbAbgerGXMqoUM5j82/S253x8AURZ1fiC2B0K46UBerX12m0L8rcV"
    "ca9fbPlB4t/BL7KH6SVKpILB+TsvifVjGRui5pTbUrjdnMzq060Tw0R1fw==";

Bytes Pkcs8() {
  std::string der;
  if (!Base64Decode(kPrivateKey, der)) std::abort();
  return ToBytes(AsBytes(der));
}

}  // namespace

const Bytes& KnownRsaPublicKey() {
  static const Bytes info =
      crypto::PrivateKey::ParseOwn(domain::KeySpec::kRsa2048, Pkcs8()).value().PublicKeyInfo();
  return info;
}

Result<void> LoadKnownRsaKey(Call& call, const AttributeList& list, ObjectHandle& key) {
  const Bytes wrapping_value(32, 0x5a);
  ScopedObject wrapping(call.session());
  Rv rv = call.session().CreateSecret(Template(EphemeralKey()), wrapping_value, wrapping.handle);
  if (rv.ok())
    rv = call.session().Unwrap(call.generation().wrap().mechanism, wrapping.handle,
                               crypto::KeyWrapPad(wrapping_value, Pkcs8()), Template(list), key);
  if (!rv.ok()) return call.Fail(rv);
  return {};
}

AttributeList KnownImportKey() {
  AttributeList list{Number(CKA_CLASS, CKO_PRIVATE_KEY), Number(CKA_KEY_TYPE, CKK_RSA),
                     IsNot(CKA_TOKEN), Is(CKA_PRIVATE), Is(CKA_SENSITIVE)};
  return Joined(std::move(list), PrivateKeyRights(CKA_UNWRAP));
}

}  // namespace kmaas::hsm
