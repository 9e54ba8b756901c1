"""Sessions of roles with the real command line: what narrows them, what key policies see of them, and when they end."""

import base64
import unittest

from scenario import Person, Scenario, allow, document, trust
from server import BUILD

MINUTE = 60


class Sessions(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls.user("mia", allow("sts:*"))

    def test_is_narrowed_by_its_policy(self):
        role, key = self.role("all", trust(self.mia.arn), allow("kms:*")), self.key()
        narrow = self.mia.assume(role, "--policy", allow("kms:Encrypt"))
        path = self.server.directory / "narrow"
        path.write_bytes(base64.b64decode(narrow.encrypt(key)))
        self.refused("AccessDeniedException", narrow, "kms", "decrypt", "--ciphertext-blob", f"fileb://{path}")
        self.assertIn("because no session policy allows the kms:DescribeKey action",
                      self.refused("AccessDeniedException", narrow, "kms", "describe-key", "--key-id", key))

    def test_shows_its_tags_and_its_source_to_a_key_policy(self):
        trusted = document({"Effect": "Allow", "Principal": {"AWS": self.mia.arn}, "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]})
        role = self.role("tagged", trusted, allow("kms:*"))
        deny = {"Effect": "Deny", "Principal": {"AWS": role}, "Resource": "*"}
        key = self.key(self.delegating(dict(deny, Action="kms:Encrypt", Condition={"StringNotEquals": {"aws:PrincipalTag/team": "blue"}}),
                                       dict(deny, Action="kms:GenerateDataKey", Condition={"StringNotEquals": {"aws:SourceIdentity": "mia"}})))
        generate = ("kms", "generate-data-key", "--key-id", key, "--key-spec", "AES_256")
        encrypt = ("kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        tagged, known = self.mia.assume(role, "--tags", "Key=team,Value=blue"), self.mia.assume(role, "--source-identity", "mia")
        tagged.aws(*encrypt)
        self.refused("AccessDeniedException", tagged, *generate)
        known.aws(*generate)
        self.refused("AccessDeniedException", known, *encrypt)


class End(Scenario):
    def later(self, seconds):
        """The server, and every command line, from now on so many seconds ahead."""
        self.server.stop()
        self.server.environment.update(LD_PRELOAD=str(BUILD / "tests/libclock_ahead.so"), KMAAS_TEST_SECONDS_AHEAD=str(seconds))
        self.server.start()

    def test_ends_and_so_does_the_freshness_of_its_second_factor(self):
        mia = self.user("mia", allow("sts:*"))
        fresh = trust(mia.arn, Condition={"NumericLessThan": {"aws:MultiFactorAuthAge": str(60 * MINUTE)}})
        role, key = self.role("fresh", fresh, allow("kms:*")), self.key()
        serial, codes = self.device("mia", "phone")
        session = Person(self.server, mia.aws("sts", "get-session-token", "--serial-number", serial, "--token-code", codes.next())["Credentials"])
        acting = session.assume(role, "--duration-seconds", "900")
        acting.encrypt(key)
        self.later(10 * MINUTE)
        acting.encrypt(key)
        self.later(61 * MINUTE)
        self.assertIn("expired", self.refused("ExpiredTokenException", acting, "kms", "encrypt", "--key-id", key, "--plaintext", "eA=="))
        session.aws("sts", "get-caller-identity")
        self.refused("AccessDenied", session, "sts", "assume-role", "--role-arn", role, "--role-session-name", "late")


if __name__ == "__main__":
    unittest.main(verbosity=2)
