"""An operator asks why, with `kmaas explain` beside the running server: of calls that the command line made, and of calls that it could make."""

import json
import re
import unittest

from scenario import Scenario, allow, document, statement, trust

REQUEST_ID = re.compile(r"'x-amzn-RequestId': '([0-9a-f-]{36})'")


class Explain(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ida = cls.user("ida", allow("kms:*"))

    def explain(self, *arguments):
        return json.loads(self.server.kmaas("explain", *arguments, "--json").stdout)

    def request_id(self, person, *arguments):
        """Of a call that is refused, as `aws --debug` shows it to its caller."""
        result = person.aws("--debug", *arguments, check=False)
        self.assertIn("AccessDenied", result.stderr)
        return REQUEST_ID.search(result.stderr).group(1)

    def recorded(self, request):
        return next(event for event in self.server.audit_events() if event["requestID"] == request)["additionalEventData"]["decidingStatement"]

    def refused_by(self, deciding, person, *arguments):
        """What decided stands in the audit record, in both forms of the explanation, and today's policies say the same."""
        request = self.request_id(person, *arguments)
        self.assertEqual(self.recorded(request), deciding)
        explained = self.explain("--request-id", request)
        self.assertEqual((explained["decided_then_by"], explained["principal"]), (deciding, person.arn))
        self.assertEqual((explained["today"]["allowed"], explained["today"]["decided_by"]), (False, deciding))
        text = self.server.kmaas("explain", "--request-id", request).stdout
        self.assertIn(f"decided then by: {deciding}\n", text)
        self.assertIn(f"refused: {deciding}\n", text)
        unasked = explained["today"]["conditions_asked_without_the_request"]
        self.assertIn("aws:UserAgent", unasked)
        self.assertIn(f"as if the request had not had them: {', '.join(unasked)}\n", text)
        return explained["today"], text

    def test_names_the_statement_that_denies(self):
        key = self.key(self.delegating({"Sid": "nobody", "Effect": "Deny", "Principal": "*", "Action": "kms:Encrypt", "Resource": "*"}))
        today, _ = self.refused_by("denied by key policy, statement 2 (Sid nobody)", self.ida, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        self.assertEqual({line["policy"]: line["says"] for line in today["policies"]}["key policy"], "denies by statement 2 (Sid nobody)")
        self.assertIn("with an explicit deny in a resource-based policy", today["caller_is_told"])
        self.iam.put_user_policy(UserName="ida", PolicyName="never", PolicyDocument=document(statement("Deny", "kms:GenerateDataKey", Sid="Never")))
        self.addCleanup(self.iam.delete_user_policy, UserName="ida", PolicyName="never")
        self.refused_by("denied by inline policy never of user ida, statement 1 (Sid Never)", self.ida, "kms", "generate-data-key", "--key-id", self.key(),
                        "--key-spec", "AES_256")

    def test_tells_a_missing_delegation_from_a_missing_policy(self):
        alone = self.key(document({"Effect": "Allow", "Principal": {"AWS": self.administrator.arn}, "Action": "kms:*", "Resource": "*"}))
        describe = ("kms", "describe-key", "--key-id")
        today, text = self.refused_by("no resource policy and no grant allows; missing delegation: inline policy own of user ida, statement 1 would, but "
                                      "the resource policy does not let it count", self.ida, *describe, alone)
        self.assertIn("key policy is silent", text)
        self.assertIn("because no resource-based policy allows", today["caller_is_told"])
        ivo = self.user("ivo")
        _, text = self.refused_by("no identity policy allows", ivo, *describe, self.key())
        self.assertIn("through the account", text)

    def test_says_that_nobody_was_authenticated(self):
        stranger = self.user("stranger")
        stranger.credentials = dict(stranger.credentials, SecretAccessKey="x" * 40)
        result = stranger.aws("--debug", "kms", "list-keys", check=False)
        self.assertIn("InvalidSignatureException", result.stderr)
        request = REQUEST_ID.search(result.stderr).group(1)
        text = self.server.kmaas("explain", "--request-id", request).stdout
        self.assertIn("nobody was authenticated, so no policy was asked", text)
        self.assertEqual(self.explain("--request-id", request)["not_asked_again"], "nobody was authenticated, so no policy was asked")
        unknown = self.server.kmaas("explain", "--request-id", "11111111-2222-4333-8444-555555555555", check=False)
        self.assertEqual(unknown.returncode, 1)

    def test_answers_for_a_call_that_nobody_made(self):
        key = self.key(document({"Sid": "own", "Effect": "Allow", "Principal": {"AWS": self.administrator.arn}, "Action": "kms:*", "Resource": "*"},
                                {"Sid": "tax", "Effect": "Allow", "Principal": {"AWS": self.ida.arn}, "Action": "kms:Decrypt", "Resource": "*",
                                 "Condition": {"StringEquals": {"kms:EncryptionContext:department": "tax"}, "Bool": {"aws:MultiFactorAuthPresent": "true"}}}))
        ask = ("--principal", self.ida.arn, "--action", "kms:Decrypt", "--key", key)
        self.assertFalse(self.explain(*ask, "--context", "department=tax")["allowed"])
        self.assertFalse(self.explain(*ask, "--context", "department=law", "--mfa")["allowed"])
        self.assertEqual(self.explain(*ask, "--context", "department=tax", "--mfa")["decided_by"], "key policy, statement 2 (Sid tax)")
        text = self.server.kmaas("explain", *ask).stdout
        self.assertTrue(text.startswith("refused: "), text)
        self.assertIn("is not authorized to perform: kms:Decrypt", text)

    def test_lists_everybody_who_could(self):
        role = self.role("openers", trust(self.ida.arn))
        key = self.key(document({"Sid": "own", "Effect": "Allow", "Principal": {"AWS": self.administrator.arn}, "Action": "kms:*", "Resource": "*"},
                                {"Sid": "open", "Effect": "Allow", "Principal": {"AWS": role}, "Action": "kms:Decrypt", "Resource": "*",
                                 "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}))
        gert = self.user("gert")
        grant = self.administrator.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", gert.arn, "--operations", "Decrypt")["GrantId"]
        found = {one["principal"]: one for one in self.explain("--who-can", "kms:Decrypt", "--key", key)}
        self.assertEqual({principal: one["decided_by"] for principal, one in found.items()}, {
            self.administrator.arn: "key policy, statement 1 (Sid own)", role: "key policy, statement 2 (Sid open)", gert.arn: f"grant {grant}"})
        self.assertEqual(found[role]["conditions_that_remain"], ["if IpAddress aws:SourceIp [192.0.2.0/24] (key policy, statement 2 (Sid open))"])
        text = self.server.kmaas("explain", "--who-can", "kms:Decrypt", "--key", key).stdout
        self.assertIn(f"{role}: key policy, statement 2 (Sid open)\n    if IpAddress aws:SourceIp [192.0.2.0/24]", text)
        self.assertNotIn(self.ida.arn, text)


if __name__ == "__main__":
    unittest.main(verbosity=2)
