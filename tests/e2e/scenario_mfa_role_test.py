"""A role that asks for a second factor, with the real command line: codes at the terminal, and keys that ask for them."""

import json
import os
import unittest

from scenario import Person, Scenario, allow, trust
from terminal import at_terminal


class MfaRole(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mia = cls.user("mia", allow(["sts:AssumeRole", "kms:Encrypt", "kms:DescribeKey"]))
        cls.keepers = cls.role("keepers", trust(cls.mia.arn, Condition={
            "Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}), allow("kms:*"))

    def factor(self, user, name):
        serial, codes = self.device(user, name)
        return ["--serial-number", serial, "--token-code", codes.next()]

    def session_of(self, person, *more):
        return Person(self.server, person.aws("sts", "get-session-token", *more)["Credentials"], person.arn)

    def test_is_taken_on_with_a_code_and_with_each_code_once(self):
        factor = self.factor("mia", "once")
        assume = ("sts", "assume-role", "--role-arn", self.keepers, "--role-session-name", "mia")
        without = self.refused("AccessDenied", self.mia, *assume)
        self.assertEqual(without, f"User: {self.mia.arn} is not authorized to perform: sts:AssumeRole on resource: {self.keepers}")
        self.assertIn("invalid MFA one time pass code", self.refused("AccessDenied", self.mia, *assume, *factor[:-1], "000000"))
        self.mia.assume(self.keepers, *factor).encrypt(self.key())
        self.assertIn("invalid MFA one time pass code", self.refused("AccessDenied", self.mia, *assume, *factor))
        self.refused("AccessDenied", self.session_of(self.mia), *assume)
        self.session_of(self.mia, *self.factor("mia", "again")).assume(self.keepers)

    @unittest.skipUnless(os.path.exists("/dev/pts/ptmx"), "no pseudo-terminals here: /dev/pts is not mounted")
    def test_is_taken_on_by_a_profile_that_asks_at_the_terminal(self):
        serial, codes = self.device("mia", "terminal")
        home = self.server.directory / "home"
        rules = home / "models/sts/2011-06-15/endpoint-rule-set-1.json"
        rules.parent.mkdir(parents=True)
        # This version of the command line takes another endpoint for its own calls of STS from nowhere else.
        parameters = {name: {"type": kind, "required": False, "documentation": ""} for name, kind in
                      {"Region": "String", "Endpoint": "String", "UseDualStack": "Boolean", "UseFIPS": "Boolean", "UseGlobalEndpoint": "Boolean"}.items()}
        endpoint = {"url": self.server.url, "properties": {}, "headers": {}}
        rules.write_text(json.dumps({"version": "1.0", "parameters": parameters, "rules": [{"conditions": [], "endpoint": endpoint, "type": "endpoint"}]}))
        (home / "config").write_text(
            f"[profile mia]\naws_access_key_id = {self.mia.credentials['AccessKeyId']}\naws_secret_access_key = {self.mia.credentials['SecretAccessKey']}\n"
            f"[profile keepers]\nrole_arn = {self.keepers}\nsource_profile = mia\nmfa_serial = {serial}\nrole_session_name = at-terminal\n")
        environment = {name: value for name, value in self.server.aws_environment().items() if "ACCESS_KEY" not in name}
        environment.update(AWS_CONFIG_FILE=str(home / "config"), AWS_DATA_PATH=str(home / "models"), HOME=str(home))
        ask = self.server.aws_command("kms", "describe-key", "--key-id", self.key(), "--profile", "keepers")
        prompt = f"Enter MFA code for {serial}:"
        status, shown = at_terminal(ask, environment, prompt, codes.next)
        self.assertEqual(status, 0, shown)
        self.assertIn('"KeyState": "Enabled"', shown)
        self.assertTrue(self.server.audit_events()[-1]["userIdentity"]["arn"].endswith(":assumed-role/keepers/at-terminal"))
        status, shown = at_terminal(ask, environment, prompt, lambda: "000000")
        self.assertEqual((status, prompt in shown), (0, False), "the command line keeps the session that it has")

    def test_is_asked_for_by_the_key_whose_deletion_is_scheduled(self):
        key = self.key(self.delegating({"Effect": "Deny", "Principal": "*", "Action": "kms:ScheduleKeyDeletion", "Resource": "*",
                                        "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}))
        delete = ("kms", "schedule-key-deletion", "--key-id", key)
        for person in (self.administrator, self.session_of(self.administrator)):
            self.assertIn("with an explicit deny in a resource-based policy", self.refused("AccessDeniedException", person, *delete))
        self.session_of(self.administrator, *self.factor("administrator", "root-phone")).aws(*delete)

    def test_is_absent_and_not_false_for_an_access_key(self):
        keys = {name: self.key(self.delegating({"Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*", "Condition": condition}))
                for name, condition in {"Bool": {"Bool": {"aws:MultiFactorAuthPresent": "false"}},
                                        "BoolIfExists": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}},
                                        "Null": {"Null": {"aws:MultiFactorAuthPresent": "true"}}}.items()}
        without, shown = self.session_of(self.mia), self.session_of(self.mia, *self.factor("mia", "absent"))
        expected = {"Bool": [True, False, True], "BoolIfExists": [False, False, True], "Null": [False, True, True]}
        for name, key in keys.items():
            asked = [person.refusal("kms", "encrypt", "--key-id", key, "--plaintext", "eA==")[0] for person in (self.mia, without, shown)]
            self.assertEqual([code == "" for code in asked], expected[name], name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
