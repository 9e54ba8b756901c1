"""What the scenarios share: a server for each class, people with credentials of their own, and the real `aws` for each of them."""

import concurrent.futures
import json
import re
import unittest

from authenticator import Authenticator
from server import SOURCE, Server

POLICIES = SOURCE / "config/policies"
REFUSAL = re.compile(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(reached max retries: \d+\))?: (.*)")
AT_ONCE = 4  # command lines that run beside each other


def statement(effect, action, resource="*", **elements):
    return dict({"Effect": effect, "Action": action, "Resource": resource}, **elements)


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **elements):
    return document(statement("Allow", action, resource, **elements))


def trust(principal, **elements):
    return document({"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole", **elements})


class Person:
    """Somebody with credentials, as IAM or STS gave them, and a command line."""

    def __init__(self, server, credentials, arn=None):
        self.server = server
        self.credentials = credentials
        self.arn = arn

    def aws(self, *arguments, check=True):
        return self.server.aws(*arguments, check=check, credentials=self.credentials)

    def refusal(self, *arguments):
        """Code and message of the error that the command line shows; no code when there is none."""
        result = self.aws(*arguments, check=False)
        found = REFUSAL.search(result.stderr)
        return found.groups() if found else ("", result.stderr)

    def encrypt(self, key, text="secret", *more):
        return self.aws("kms", "encrypt", "--key-id", key, "--cli-binary-format", "raw-in-base64-out", "--plaintext", text, *more)["CiphertextBlob"]

    def assume(self, role, *more, session="work"):
        got = self.aws("sts", "assume-role", "--role-arn", role, "--role-session-name", session, *more)
        return Person(self.server, got["Credentials"], got["AssumedRoleUser"]["Arn"])


class Scenario(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server().__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.account = cls.server.account
        cls.iam, cls.kms = cls.server.boto3("iam"), cls.server.boto3()
        cls.addClassCleanup(cls.iam.close)
        cls.addClassCleanup(cls.kms.close)
        cls.administrator = Person(cls.server, None, f"arn:aws:iam::{cls.account}:user/administrator")

    # --- who there is ---------------------------------------------------------------------------------------------
    @classmethod
    def user(cls, name, policy=None):
        arn = cls.iam.create_user(UserName=name)["User"]["Arn"]
        if policy:
            cls.iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=policy)
        return Person(cls.server, cls.iam.create_access_key(UserName=name)["AccessKey"], arn)

    @classmethod
    def role(cls, name, trusted, policy=None):
        arn = cls.iam.create_role(RoleName=name, AssumeRolePolicyDocument=trusted)["Role"]["Arn"]
        if policy:
            cls.iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=policy)
        return arn

    @classmethod
    def device(cls, user, name):
        """An authenticator of the user's. The second of the codes that enable it is of now, so one more is good at once."""
        made = cls.iam.create_virtual_mfa_device(VirtualMFADeviceName=name)["VirtualMFADevice"]
        codes = Authenticator(made["Base32StringSeed"].decode())
        cls.iam.enable_mfa_device(UserName=user, SerialNumber=made["SerialNumber"], AuthenticationCode1=codes.next(),
                                  AuthenticationCode2=codes.next())
        return made["SerialNumber"], codes

    @classmethod
    def reference(cls, name):
        """A policy of config/policies for the account of the server."""
        return (POLICIES / f"{name}.json").read_text().replace("111122223333", cls.account)

    @classmethod
    def key(cls, policy=None):
        return cls.kms.create_key(**({"Policy": policy} if policy else {}))["KeyMetadata"]["Arn"]

    def delegating(self, *statements):
        """A key policy that lets the account decide, and more statements."""
        root = {"Sid": "account", "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{self.account}:root"}, "Action": "kms:*", "Resource": "*"}
        return document(root, *statements)

    def put_key_policy(self, key, policy):
        self.administrator.aws("kms", "put-key-policy", "--key-id", key, "--policy-name", "default", "--policy", policy)

    # --- what is asked ----------------------------------------------------------------------------------------------
    def refused(self, code, person, *arguments):
        seen, message = person.refusal(*arguments)
        self.assertEqual(seen, code, (arguments, message))
        return message

    def all_refused(self, code, person, commands):
        """Each of the commands, written as one would type it; their messages."""
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda command: person.refusal(*command.split()), commands))
        for command, (seen, message) in zip(commands, answers):
            with self.subTest(command):
                self.assertEqual(seen, code, message)
        return [message for _, message in answers]

    def all_done(self, person, commands):
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda command: person.aws(*command.split()), commands))
