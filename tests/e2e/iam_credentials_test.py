"""Access keys, MFA devices and accounts by the IAM API of the real server, and the real AWS command line."""

import email.utils
import json
import unittest

import botocore.exceptions
import grpc
from authenticator import totp
from iam_case import ADMINISTRATOR_ACCESS, ALLOW, IamCase
from server import Server


class AccessKeys(IamCase):
    def test_has_a_life(self):
        self.user("holder")
        self.iam.attach_user_policy(UserName="holder", PolicyArn=ADMINISTRATOR_ACCESS)
        made = [self.iam.create_access_key(UserName="holder")["AccessKey"] for _ in range(2)]
        self.assertTrue(all(key["AccessKeyId"].startswith("AKIA") and len(key["SecretAccessKey"]) == 40 for key in made))
        self.refused("LimitExceeded", "create_access_key", UserName="holder")
        listed = self.iam.list_access_keys(UserName="holder")["AccessKeyMetadata"]
        self.assertEqual({key["AccessKeyId"] for key in listed}, {key["AccessKeyId"] for key in made})
        self.assertFalse(any("SecretAccessKey" in key for key in listed))
        first = made[0]
        self.assertEqual(self.iam.get_access_key_last_used(AccessKeyId=first["AccessKeyId"])["UserName"], "holder")
        client = self.client(first)
        self.assertEqual(client.get_user()["User"]["UserName"], "holder")
        self.iam.update_user(UserName="holder", NewUserName="keeper")
        self.assertEqual(client.get_user()["User"]["UserName"], "keeper")
        self.iam.update_access_key(UserName="keeper", AccessKeyId=first["AccessKeyId"], Status="Inactive")
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            client.get_user()
        self.assertEqual(caught.exception.response["Error"]["Code"], "InvalidClientTokenId")
        self.iam.update_access_key(UserName="keeper", AccessKeyId=first["AccessKeyId"], Status="Active")
        self.assertEqual(client.get_user()["User"]["UserName"], "keeper")
        self.refused("NoSuchEntity", "delete_access_key", UserName="administrator", AccessKeyId=first["AccessKeyId"])
        self.iam.delete_access_key(UserName="keeper", AccessKeyId=first["AccessKeyId"])
        with self.assertRaises(botocore.exceptions.ClientError):
            client.get_user()
        self.refused("NoSuchEntity", "get_access_key_last_used", AccessKeyId=first["AccessKeyId"])

    def client(self, key, **options):
        return self.server.boto3("iam", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"], **options)

    def test_shows_its_secret_in_no_record(self):
        self.user("secretive")
        secret = self.iam.create_access_key(UserName="secretive")["AccessKey"]["SecretAccessKey"]
        seed = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="secretive")["VirtualMFADevice"]["Base32StringSeed"].decode()
        records = json.dumps(self.server.audit_events())
        self.assertIn("secretive", records)
        self.assertNotIn(secret, records)
        self.assertNotIn(seed, records)

    def test_is_refused_with_a_wrong_secret(self):
        wrong = {"AccessKeyId": self.server.credentials["access_key_id"], "SecretAccessKey": "x" * 40}
        with self.assertRaises(botocore.exceptions.ClientError) as caught:
            self.client(wrong).list_users()
        self.assertEqual(caught.exception.response["Error"]["Code"], "SignatureDoesNotMatch")
        self.assertEqual(caught.exception.response["ResponseMetadata"]["HTTPStatusCode"], 403)


class MfaDevices(IamCase):
    def now(self):
        date = self.iam.list_users(MaxItems=1)["ResponseMetadata"]["HTTPHeaders"]["date"]
        return int(email.utils.parsedate_to_datetime(date).timestamp()) // 30

    def test_has_a_life(self):
        self.user("guarded")
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="phone", Path="/d/")["VirtualMFADevice"]
        serial, seed = made["SerialNumber"], made["Base32StringSeed"].decode()
        self.assertEqual((serial, len(seed)), (f"arn:aws:iam::{self.account}:mfa/d/phone", 64))
        self.refused("EntityAlreadyExists", "create_virtual_mfa_device", VirtualMFADeviceName="phone")
        enable = dict(UserName="guarded", SerialNumber=serial)
        self.refused("InvalidAuthenticationCode", "enable_mfa_device", **enable, AuthenticationCode1="000000", AuthenticationCode2="000000")
        self.refused("NoSuchEntity", "enable_mfa_device", UserName="guarded", SerialNumber=serial + "x", AuthenticationCode1="000000",
                     AuthenticationCode2="000000")
        step = self.now()
        self.iam.enable_mfa_device(**enable, AuthenticationCode1=totp(seed, step - 1), AuthenticationCode2=totp(seed, step))
        self.refused("EntityAlreadyExists", "enable_mfa_device", **enable, AuthenticationCode1="000000", AuthenticationCode2="000000")
        self.assertEqual(self.iam.list_mfa_devices(UserName="guarded")["MFADevices"][0]["SerialNumber"], serial)
        self.assertEqual(self.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"][0]["User"]["UserName"], "guarded")
        self.assertEqual(self.iam.list_virtual_mfa_devices(AssignmentStatus="Unassigned")["VirtualMFADevices"], [])
        self.refused("InvalidAuthenticationCode", "resync_mfa_device", **enable, AuthenticationCode1=totp(seed, step - 1),
                     AuthenticationCode2=totp(seed, step))
        self.refused("DeleteConflict", "delete_virtual_mfa_device", SerialNumber=serial)
        self.refused("DeleteConflict", "delete_user", UserName="guarded")
        summary = self.iam.get_account_summary()["SummaryMap"]
        self.assertEqual((summary["MFADevices"], summary["MFADevicesInUse"]), (1, 1))
        self.refused("NoSuchEntity", "deactivate_mfa_device", UserName="administrator", SerialNumber=serial)
        self.iam.deactivate_mfa_device(UserName="guarded", SerialNumber=serial)
        self.iam.delete_virtual_mfa_device(SerialNumber=serial)
        self.refused("NoSuchEntity", "delete_virtual_mfa_device", SerialNumber=serial)

    def test_is_locked_after_wrong_codes_and_says_so_to_nobody(self):
        self.user("guessed")
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="guessed")["VirtualMFADevice"]
        seed = made["Base32StringSeed"].decode()
        enable = dict(UserName="guessed", SerialNumber=made["SerialNumber"])
        errors = [self.refused("InvalidAuthenticationCode", "enable_mfa_device", **enable, AuthenticationCode1="000000",
                               AuthenticationCode2="000000")["Error"] for _ in range(4)]
        step = self.now()
        locked = self.refused("InvalidAuthenticationCode", "enable_mfa_device", **enable, AuthenticationCode1=totp(seed, step - 1),
                              AuthenticationCode2=totp(seed, step))["Error"]
        self.assertEqual(locked, errors[0])
        failed = [event for event in self.server.audit_events() if event["eventName"] == "EnableMFADevice"]
        self.assertTrue(all(event["errorCode"] == "InvalidAuthenticationCode" for event in failed[-5:]))


class Account(IamCase):
    def test_has_one_alias(self):
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], [])
        self.iam.create_account_alias(AccountAlias="example-one")
        self.iam.create_account_alias(AccountAlias="example-two")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], ["example-two"])
        self.refused("NoSuchEntity", "delete_account_alias", AccountAlias="example-one")
        for bad in ("-ab", "ab-", "a--b", "Abc", "111122223333"):
            self.refused("ValidationError", "create_account_alias", AccountAlias=bad)
        self.iam.delete_account_alias(AccountAlias="example-two")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], [])

    def test_is_summed_up(self):
        summary = self.iam.get_account_summary()["SummaryMap"]
        self.assertEqual((summary["Users"], summary["AccessKeysPerUserQuota"], summary["PolicySizeQuota"]), (1, 2, 6144))

    def test_knows_no_other_action(self):
        self.refused("InvalidAction", "list_server_certificates")

    def test_is_served_over_grpc_too(self):
        with self.server.grpc_channel() as channel:
            get_user = channel.unary_unary("/kmaas.iam.v1.IdentityAndAccessManagement/GetUser")
            self.assertIn(b":user/administrator", get_user(b""))
            with self.assertRaises(grpc.RpcError) as caught:
                get_user(b"\x0a\x04none")
        self.assertEqual(caught.exception.code(), grpc.StatusCode.NOT_FOUND)
        self.assertIn(("x-amzn-errortype", "NoSuchEntity"), [tuple(pair) for pair in caught.exception.trailing_metadata()])


class CommandLine(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)

    def iam(self, *arguments, **options):
        return self.server.aws("iam", *arguments, **options)

    def test_makes_a_user_with_a_policy_and_a_key(self):
        self.iam("create-user", "--user-name", "dora", "--tags", "Key=team,Value=a")
        document = self.server.directory / "policy.json"
        document.write_text(json.dumps(ALLOW, indent=2))
        arn = self.iam("create-policy", "--policy-name", "use", "--policy-document", f"file://{document}")["Policy"]["Arn"]
        self.iam("attach-user-policy", "--user-name", "dora", "--policy-arn", arn)
        self.assertEqual(self.iam("get-policy-version", "--policy-arn", arn, "--version-id", "v1")["PolicyVersion"]["Document"], ALLOW)
        self.assertEqual(len(self.iam("create-access-key", "--user-name", "dora")["AccessKey"]["SecretAccessKey"]), 40)
        self.assertEqual(self.iam("list-users", "--page-size", "1")["Users"][1]["UserName"], "dora")
        refused = self.iam("get-role", "--role-name", "none", check=False)
        self.assertRegex(refused.stderr, r"\(NoSuchEntity\) when calling the GetRole operation.*: The role with name none cannot be found\.")

    def test_writes_the_seed_of_a_device_to_a_file(self):
        seed = self.server.directory / "seed"
        self.iam("create-virtual-mfa-device", "--virtual-mfa-device-name", "app", "--bootstrap-method", "Base32StringSeed", "--outfile", seed)
        self.assertRegex(seed.read_text(), "^[A-Z2-7]{64}$")

    def test_makes_a_second_account_while_the_server_rests(self):
        running = self.server.kmaas("account", "create", "--name", "Second", check=False)
        self.assertNotEqual(running.returncode, 0)
        self.server.stop()
        file = self.server.directory / "second.json"
        self.server.kmaas("account", "create", "--name", "Second", "--id", "444455556666", "--administrator", "eve", "--credentials-file", file)
        again = self.server.kmaas("account", "create", "--name", "Second", "--id", "444455556666", check=False)
        self.assertIn("exists already", again.stderr)
        self.server.start()
        second = json.loads(file.read_text())
        client = self.server.boto3("iam", aws_access_key_id=second["access_key_id"], aws_secret_access_key=second["secret_access_key"])
        self.assertEqual(client.get_user()["User"]["Arn"], "arn:aws:iam::444455556666:user/eve")
        self.assertEqual([user["UserName"] for user in client.list_users()["Users"]], ["eve"])
        self.assertIn("CreateAccount", [event["eventName"] for event in self.server.audit_events()])
        with self.assertRaises(client.exceptions.NoSuchEntityException):
            client.get_user(UserName="administrator")


if __name__ == "__main__":
    unittest.main()
