"""A key administrator, with the reference policies and the real command line: manages keys, and cannot come to use one."""

import base64
import unittest

from scenario import POLICIES, Person, Scenario, trust


class KeyAdministrator(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.administrator.aws
        policy = root("iam", "create-policy", "--policy-name", "key-administrators", "--policy-document",
                      f"file://{POLICIES}/key-administrators.json")["Policy"]["Arn"]
        root("iam", "create-group", "--group-name", "administrators")
        root("iam", "attach-group-policy", "--group-name", "administrators", "--policy-arn", policy)
        arn = root("iam", "create-user", "--user-name", "ada")["User"]["Arn"]
        root("iam", "add-user-to-group", "--group-name", "administrators", "--user-name", "ada")
        cls.ada = Person(cls.server, root("iam", "create-access-key", "--user-name", "ada")["AccessKey"], arn)

    def uses(self, key, blob):
        return [f"kms encrypt --key-id {key} --plaintext eA==", f"kms decrypt --ciphertext-blob fileb://{blob}"]

    def further_uses(self, key, blob):
        return [f"kms re-encrypt --ciphertext-blob fileb://{blob} --destination-key-id {key}",
                f"kms generate-data-key --key-id {key} --key-spec AES_256",
                f"kms generate-data-key-without-plaintext --key-id {key} --key-spec AES_256"]

    def sealed_by(self, person, key):
        path = self.server.directory / "sealed"
        path.write_bytes(base64.b64decode(person.encrypt(key)))
        return path

    def test_takes_a_key_through_its_life(self):
        made = self.ada.aws("kms", "create-key", "--description", "orders", "--tags", "TagKey=team,TagValue=orders")["KeyMetadata"]
        key = made["KeyId"]
        self.ada.aws("kms", "create-alias", "--alias-name", "alias/orders", "--target-key-id", key)
        self.all_done(self.ada, [f"kms tag-resource --key-id {key} --tags TagKey=stage,TagValue=test",
                                 f"kms update-key-description --key-id {key} --description new"])
        self.ada.aws("kms", "disable-key", "--key-id", key)
        described, tags, aliases = self.all_done(self.ada, ["kms describe-key --key-id alias/orders", f"kms list-resource-tags --key-id {key}",
                                                            f"kms list-aliases --key-id {key}"])
        self.assertEqual((described["KeyMetadata"]["KeyState"], described["KeyMetadata"]["Description"]), ("Disabled", "new"))
        self.assertEqual({tag["TagKey"]: tag["TagValue"] for tag in tags["Tags"]}, {"team": "orders", "stage": "test"})
        self.assertEqual([alias["AliasName"] for alias in aliases["Aliases"]], ["alias/orders"])
        self.ada.aws("kms", "enable-key", "--key-id", key)
        policy = self.server.directory / "key-policy.json"
        policy.write_text(self.reference("key-policy"))
        self.ada.aws("kms", "put-key-policy", "--key-id", key, "--policy-name", "default", "--policy", f"file://{policy}")
        self.assertEqual(self.ada.aws("kms", "get-key-policy", "--key-id", key, "--policy-name", "default")["Policy"], policy.read_text())
        self.assertEqual(self.ada.aws("kms", "schedule-key-deletion", "--key-id", key, "--pending-window-in-days", "7")["KeyState"], "PendingDeletion")
        self.ada.aws("kms", "cancel-key-deletion", "--key-id", key)

    def test_uses_no_key(self):
        key = self.key()
        blob = self.sealed_by(self.administrator, key)
        messages = self.all_refused("AccessDeniedException", self.ada, self.uses(key, blob) + self.further_uses(key, blob))
        self.assertEqual(messages[0], f"User: {self.ada.arn} is not authorized to perform: kms:Encrypt on resource: {key} with an explicit deny "
                                      "in an identity-based policy")
        self.assertIn("The ciphertext refers to a customer master key that does not exist", messages[1])

    def test_cannot_give_himself_use(self):
        key = self.key()
        self.ada.aws("kms", "put-key-policy", "--key-id", key, "--policy-name", "default", "--policy", self.delegating(
            {"Effect": "Allow", "Principal": {"AWS": self.ada.arn}, "Action": "kms:*", "Resource": "*"}))
        self.ada.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", self.ada.arn, "--operations", "Encrypt", "Decrypt")
        self.all_refused("AccessDeniedException", self.ada, self.uses(key, self.sealed_by(self.administrator, key)))
        self.all_refused("AccessDenied", self.ada, [
            "iam remove-user-from-group --group-name administrators --user-name ada",
            "iam attach-user-policy --user-name ada --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
            "iam create-access-key --user-name administrator", "iam create-user --user-name ada2"])

    def test_cannot_lock_the_account_out(self):
        key = self.key()
        only_use = ('{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"%s"},"Action":"kms:Decrypt","Resource":"*"}]}'
                    % self.ada.arn)
        put = ("kms", "put-key-policy", "--key-id", key, "--policy-name", "default", "--policy", only_use)
        self.refused("MalformedPolicyDocumentException", self.ada, *put)
        self.assertIn("explicit deny", self.refused("AccessDeniedException", self.ada, *put, "--bypass-policy-lockout-safety-check"))
        self.ada.aws("kms", "describe-key", "--key-id", key)

    def test_acts_as_the_role_that_the_key_policy_names(self):
        role = self.role("KeyAdministrators", trust(self.ada.arn))
        for name in ("KeyUsers", "KeyAuditors"):
            self.role(name, trust(self.administrator.arn))
        key, other = self.key(self.reference("key-policy")), self.key()
        acting = self.ada.assume(role)
        acting.aws("kms", "disable-key", "--key-id", key)
        acting.aws("kms", "enable-key", "--key-id", key)
        messages = self.all_refused("AccessDeniedException", acting, [
            *self.uses(key, self.sealed_by(self.administrator, key)), f"kms disable-key --key-id {other}", "kms create-key"])
        self.assertIn("because no identity-based policy allows the kms:Encrypt action", messages[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
