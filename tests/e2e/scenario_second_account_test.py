"""A second account with the real command line: a key is used across accounts when both sides say so, or by a grant."""

import base64
import json
import unittest

from scenario import Person, Scenario, allow, document, statement

OTHER = "444455556666"


class SecondAccount(Scenario):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        file = cls.server.directory / "second.json"
        cls.server.kmaas("account", "create", "--name", "Second", "--id", OTHER, "--administrator", "eve", "--credentials-file", file)
        cls.server.start()
        made = json.loads(file.read_text())
        cls.eve = Person(cls.server, {"AccessKeyId": made["access_key_id"], "SecretAccessKey": made["secret_access_key"]}, made["user_arn"])
        own = dict(aws_access_key_id=made["access_key_id"], aws_secret_access_key=made["secret_access_key"])
        cls.there = cls.server.boto3("iam", **own)
        cls.addClassCleanup(cls.there.close)

    def user_there(self, name, policy=None):
        arn = self.there.create_user(UserName=name)["User"]["Arn"]
        if policy:
            self.there.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        return Person(self.server, self.there.create_access_key(UserName=name)["AccessKey"], arn)

    def opened_to(self, principal, action="kms:*"):
        return self.delegating({"Sid": "abroad", "Effect": "Allow", "Principal": {"AWS": principal}, "Action": action, "Resource": "*"})

    def refused_to_encrypt(self, person, key, why):
        message = self.refused("AccessDeniedException", person, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        self.assertEqual(message, f"User: {person.arn} is not authorized to perform: kms:Encrypt on resource: {key} because no {why} policy allows "
                                  "the kms:Encrypt action")

    def test_uses_a_key_when_both_sides_say_so(self):
        key = self.key()
        bea, bob = self.user_there("bea", allow("kms:Encrypt", key)), self.user_there("bob")
        self.refused_to_encrypt(bea, key, "resource-based")
        self.put_key_policy(key, self.opened_to(f"arn:aws:iam::{OTHER}:root"))
        bea.encrypt(key)
        self.refused("AccessDeniedException", bea, "kms", "describe-key", "--key-id", key)
        self.refused("AccessDeniedException", bob, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        self.put_key_policy(key, self.opened_to(bob.arn))
        self.refused("AccessDeniedException", bob, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==")
        self.refused_to_encrypt(bea, key, "resource-based")
        self.there.put_user_policy(UserName="bob", PolicyName="own", PolicyDocument=allow("kms:Encrypt", key))
        bob.encrypt(key)
        self.there.put_user_policy(UserName="bob", PolicyName="no", PolicyDocument=document(statement("Deny", "kms:*")))
        self.refused("AccessDeniedException", bob, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==")

    def test_is_told_with_the_first_of_what_both_have_part_in(self):
        key = self.key(self.opened_to(f"arn:aws:iam::{OTHER}:root"))
        bob = self.user_there("told")
        self.eve.encrypt(key)
        grant = self.eve.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", bob.arn, "--operations", "Encrypt")["GrantId"]
        self.eve.aws("kms", "retire-grant", "--key-id", key, "--grant-id", grant, check=False)
        self.refused("AccessDeniedException", bob, "kms", "decrypt", "--key-id", key, "--ciphertext-blob", "eA==")
        events = [event for event in self.server.audit_events() if any(one["ARN"] == key for one in event.get("resources", []))]
        for name in ("Encrypt", "CreateGrant"):
            callers, owners = [event for event in events if event["eventName"] == name]
            self.assertEqual([callers["recipientAccountId"], owners["recipientAccountId"]], [OTHER, self.account])
            for member in ("requestID", "sharedEventID", "userIdentity", "resources", "additionalEventData"):
                self.assertEqual(callers[member], owners[member], member)
            self.assertNotEqual(callers["eventID"], owners["eventID"])
        self.assertIn("keyMaterialId", next(event for event in events if event["eventName"] == "Encrypt")["additionalEventData"])
        refused = [event for event in events if event.get("errorCode")]
        self.assertTrue(all(event["recipientAccountId"] == OTHER and "sharedEventID" not in event for event in refused))

    def test_sees_nothing_of_the_first(self):
        key = self.key()
        self.administrator.aws("kms", "create-alias", "--alias-name", "alias/first", "--target-key-id", key)
        keys, aliases, users = self.all_done(self.eve, ["kms list-keys", "kms list-aliases", "iam list-users"])
        self.assertEqual([arn for arn in [one["KeyArn"] for one in keys["Keys"]] + [one["AliasArn"] for one in aliases["Aliases"]] if OTHER not in arn], [])
        self.assertNotIn("administrator", [user["UserName"] for user in users["Users"]])
        invented = key[:-36] + "11111111-2222-4333-8444-555555555555"
        there, nowhere = self.all_refused("AccessDeniedException", self.eve, [f"kms describe-key --key-id {arn}" for arn in (key, invented)])
        self.assertEqual(there.replace(key, invented), nowhere)
        self.all_refused("NotFoundException", self.eve, [f"kms describe-key --key-id {key[-36:]}", "kms describe-key --key-id alias/first"])
        self.all_refused("NoSuchEntity", self.eve, ["iam get-user --user-name administrator"])

    def test_uses_the_alias_of_the_first(self):
        key = self.key(self.opened_to(f"arn:aws:iam::{OTHER}:root"))
        self.administrator.aws("kms", "create-alias", "--alias-name", "alias/shared", "--target-key-id", key)
        alias = key[:-36].replace(":key/", ":alias/shared")
        blob = self.server.directory / "shared"
        blob.write_bytes(base64.b64decode(self.eve.encrypt(alias)))
        self.assertEqual(self.eve.aws("kms", "decrypt", "--ciphertext-blob", f"fileb://{blob}")["KeyId"], key)
        self.assertEqual(self.eve.aws("kms", "describe-key", "--key-id", alias)["KeyMetadata"]["AWSAccountId"], self.account)
        self.refused("NotFoundException", self.eve, "kms", "encrypt", "--key-id", "alias/shared", "--plaintext", "eA==")

    def test_manages_no_key_of_the_first_whatever_policies_say(self):
        key = self.key(self.opened_to(f"arn:aws:iam::{OTHER}:root"))
        self.all_refused("AccessDeniedException", self.eve, [
            f"kms schedule-key-deletion --key-id {key}", f"kms disable-key --key-id {key}", f"kms get-key-policy --key-id {key} --policy-name default",
            f"kms tag-resource --key-id {key} --tags TagKey=a,TagValue=b", f"kms create-alias --alias-name alias/taken --target-key-id {key}",
            f"kms list-aliases --key-id {key}"])

    def test_needs_no_policy_of_its_own_for_a_grant(self):
        key = self.key()
        gus = self.user_there("gus")
        blob = self.server.directory / "granted"
        blob.write_bytes(base64.b64decode(self.administrator.encrypt(key, "secret", "--encryption-context", "tenant=blue,n=1")))
        decrypt = ("kms", "decrypt", "--ciphertext-blob", f"fileb://{blob}", "--encryption-context", "tenant=blue,n=1")
        self.refused("AccessDeniedException", gus, *decrypt)
        grant = self.administrator.aws("kms", "create-grant", "--key-id", key, "--grantee-principal", gus.arn, "--operations", "Decrypt", "--constraints",
                                       "EncryptionContextSubset={tenant=blue}")["GrantId"]
        self.assertEqual(base64.b64decode(gus.aws(*decrypt)["Plaintext"]), b"secret")
        self.refused("AccessDeniedException", gus, "kms", "encrypt", "--key-id", key, "--plaintext", "eA==", "--encryption-context", "tenant=blue")
        self.administrator.aws("kms", "revoke-grant", "--key-id", key, "--grant-id", grant)
        self.refused("AccessDeniedException", gus, *decrypt)

    def test_lends_a_role(self):
        trusted = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "sts:AssumeRole",
                            "Condition": {"StringEquals": {"sts:ExternalId": "e-1"}}})
        role = self.there.create_role(RoleName="lent", AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        self.there.put_role_policy(RoleName="lent", PolicyName="own", PolicyDocument=allow("kms:CreateKey"))
        cora, assume = self.user("cora"), ("sts", "assume-role", "--role-arn", role, "--role-session-name", "cora")
        self.refused("AccessDenied", cora, *assume, "--external-id", "e-1")
        self.iam.put_user_policy(UserName="cora", PolicyName="own", PolicyDocument=allow("sts:AssumeRole", role))
        self.refused("AccessDenied", cora, *assume)
        self.assertEqual(cora.assume(role, "--external-id", "e-1").aws("kms", "create-key")["KeyMetadata"]["AWSAccountId"], OTHER)


if __name__ == "__main__":
    unittest.main(verbosity=2)
