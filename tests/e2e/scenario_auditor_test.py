"""An auditor, with the reference policy and the real command line: reads all about keys and identities, and does nothing else."""

import json
import unittest

from scenario import POLICIES, Person, Scenario, trust

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


class Auditor(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.administrator.aws
        policy = root("iam", "create-policy", "--policy-name", "auditors", "--policy-document", f"file://{POLICIES}/auditors.json")["Policy"]["Arn"]
        arn = root("iam", "create-user", "--user-name", "otto")["User"]["Arn"]
        root("iam", "attach-user-policy", "--user-name", "otto", "--policy-arn", policy)
        cls.otto = Person(cls.server, root("iam", "create-access-key", "--user-name", "otto")["AccessKey"], arn)
        cls.audited = cls.key()
        root("kms", "create-alias", "--alias-name", "alias/audited", "--target-key-id", cls.audited)
        cls.grant = root("kms", "create-grant", "--key-id", cls.audited, "--grantee-principal", cls.administrator.arn, "--operations", "Decrypt")["GrantId"]

    def test_reads_about_keys(self):
        key = self.audited
        described, policy, names, aliases, grants, keys, tags = self.all_done(self.otto, [
            "kms describe-key --key-id alias/audited", f"kms get-key-policy --key-id {key} --policy-name default", f"kms list-key-policies --key-id {key}",
            "kms list-aliases", f"kms list-grants --key-id {key}", "kms list-keys", f"kms list-resource-tags --key-id {key}"])
        self.assertEqual((described["KeyMetadata"]["Arn"], names["PolicyNames"], tags["Tags"]), (key, ["default"], []))
        self.assertEqual(json.loads(policy["Policy"])["Statement"][0]["Principal"]["AWS"], f"arn:aws:iam::{self.account}:root")
        self.assertEqual([alias["AliasName"] for alias in aliases["Aliases"]], ["alias/audited"])
        self.assertEqual([grant["GrantId"] for grant in grants["Grants"]], [self.grant])
        self.assertIn(key, [one["KeyArn"] for one in keys["Keys"]])

    def test_reads_about_identities(self):
        users, policies, entities, version, summary, who = self.all_done(self.otto, [
            "iam list-users", "iam list-attached-user-policies --user-name administrator",
            f"iam list-entities-for-policy --policy-arn {ADMINISTRATOR_ACCESS}",
            f"iam get-policy-version --policy-arn {ADMINISTRATOR_ACCESS} --version-id v1", "iam get-account-summary", "sts get-caller-identity"])
        self.assertLessEqual({"administrator", "otto"}, {user["UserName"] for user in users["Users"]})
        self.assertEqual(policies["AttachedPolicies"][0]["PolicyArn"], ADMINISTRATOR_ACCESS)
        self.assertEqual(entities["PolicyUsers"][0]["UserName"], "administrator")
        self.assertEqual(version["PolicyVersion"]["Document"]["Statement"][0]["Action"], "*")
        self.assertEqual((summary["SummaryMap"]["Users"], who["Arn"]), (len(users["Users"]), self.otto.arn))

    def test_does_nothing_else_even_with_the_policy_of_an_administrator(self):
        key = self.audited
        role = self.role("anybody", trust(f"arn:aws:iam::{self.account}:root"))
        self.iam.attach_user_policy(UserName="otto", PolicyArn=ADMINISTRATOR_ACCESS)
        self.addCleanup(self.iam.detach_user_policy, UserName="otto", PolicyArn=ADMINISTRATOR_ACCESS)
        for message in self.all_refused("AccessDeniedException", self.otto, [
                f"kms encrypt --key-id {key} --plaintext eA==", "kms generate-random --number-of-bytes 8", f"kms disable-key --key-id {key}",
                f"kms create-grant --key-id {key} --grantee-principal {self.otto.arn} --operations Decrypt",
                f"kms revoke-grant --key-id {key} --grant-id {self.grant}"]):
            self.assertIn("with an explicit deny in an identity-based policy", message)
        self.all_refused("AccessDenied", self.otto, ["iam create-user --user-name otto2", "iam create-access-key --user-name otto",
                                                     f"sts assume-role --role-arn {role} --role-session-name otto"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
