"""A key user, with the reference policies and the real command line: uses keys, manages none, and hands no use on."""

import base64
import unittest

from scenario import POLICIES, Person, Scenario, trust


class KeyUser(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        root = cls.administrator.aws
        policy = root("iam", "create-policy", "--policy-name", "key-users", "--policy-document", f"file://{POLICIES}/key-users.json")["Policy"]["Arn"]
        arn = root("iam", "create-user", "--user-name", "uma")["User"]["Arn"]
        root("iam", "attach-user-policy", "--user-name", "uma", "--policy-arn", policy)
        cls.uma = Person(cls.server, root("iam", "create-access-key", "--user-name", "uma")["AccessKey"], arn)
        for name in ("KeyAdministrators", "KeyAuditors"):
            cls.role(name, trust(cls.administrator.arn))
        cls.users = cls.role("KeyUsers", trust(cls.uma.arn))

    def file(self, name, content=b""):
        path = self.server.directory / name
        if content:
            path.write_bytes(base64.b64decode(content))
        return path

    def test_encrypts_and_decrypts_with_its_context(self):
        key = self.key()
        blob = self.file("blob", self.uma.encrypt(key, "secret", "--encryption-context", "order=7"))
        decrypt = ("kms", "decrypt", "--ciphertext-blob", f"fileb://{blob}", "--encryption-context")
        self.assertEqual(base64.b64decode(self.uma.aws(*decrypt, "order=7")["Plaintext"]), b"secret")
        self.refused("InvalidCiphertextException", self.uma, *decrypt, "order=8")

    def test_gets_data_keys(self):
        key = self.key()
        data_key, sealed, _ = self.all_done(self.uma, [
            f"kms generate-data-key --key-id {key} --key-spec AES_256", f"kms generate-data-key-without-plaintext --key-id {key} --key-spec AES_128",
            "kms generate-random --number-of-bytes 32"])
        self.assertNotIn("Plaintext", sealed)
        opened = self.uma.aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{self.file('data-key', data_key['CiphertextBlob'])}")
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (data_key["Plaintext"], key))

    def test_moves_what_is_encrypted_to_another_key(self):
        old, new = self.key(), self.key()
        blob = self.file("old", self.uma.encrypt(old))
        moved = self.uma.aws("kms", "re-encrypt", "--ciphertext-blob", f"fileb://{blob}", "--destination-key-id", new)
        self.assertEqual((moved["SourceKeyId"], moved["KeyId"]), (old, new))

    def test_manages_no_key(self):
        key = self.key()
        messages = self.all_refused("AccessDeniedException", self.uma, [
            "kms create-key", f"kms disable-key --key-id {key}", f"kms schedule-key-deletion --key-id {key}",
            f"kms get-key-policy --key-id {key} --policy-name default", f"kms create-alias --alias-name alias/u --target-key-id {key}",
            f"kms tag-resource --key-id {key} --tags TagKey=a,TagValue=b", "kms list-keys"])
        self.assertEqual(messages[1], f"User: {self.uma.arn} is not authorized to perform: kms:DisableKey on resource: {key} because no "
                                      "identity-based policy allows the kms:DisableKey action")
        self.all_refused("AccessDenied", self.uma, ["iam list-users", "iam create-access-key --user-name uma"])

    def test_hands_no_use_on(self):
        """Grants are for AWS services, of which there are none here."""
        key = self.key()
        granted = self.administrator.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", self.administrator.arn,
                                         "--operations", "Decrypt")["GrantId"]
        self.all_refused("AccessDeniedException", self.uma, [
            f"kms create-grant --key-id {key} --grantee-principal {self.uma.arn} --operations Decrypt", f"kms list-grants --key-id {key}",
            f"kms revoke-grant --key-id {key} --grant-id {granted}"])

    def test_acts_as_the_role_that_the_key_policy_names(self):
        key, other = self.key(self.reference("key-policy")), self.key()
        acting = self.uma.assume(self.users)
        self.assertEqual(acting.arn, f"arn:aws:sts::{self.account}:assumed-role/KeyUsers/work")
        blob = self.file("role", acting.encrypt(key))
        self.all_done(acting, [f"kms decrypt --ciphertext-blob fileb://{blob}", f"kms describe-key --key-id {key}"])
        messages = self.all_refused("AccessDeniedException", acting, [
            f"kms re-encrypt --ciphertext-blob fileb://{blob} --destination-key-id {other}", f"kms encrypt --key-id {other} --plaintext eA==",
            f"kms create-grant --key-id {key} --grantee-principal {self.uma.arn} --operations Decrypt"])
        self.assertIn(f"kms:ReEncryptTo on resource: {other}", messages[0])


if __name__ == "__main__":
    unittest.main(verbosity=2)
