"""Inline and managed policies by the IAM API of the real server, and what they are simulated to allow."""

import json
import unittest

from iam_case import ADMINISTRATOR_ACCESS, ALLOW, DENY, IamCase, trust


class InlinePolicies(IamCase):
    def test_are_alike_for_users_groups_and_roles(self):
        self.user("u")
        self.iam.create_group(GroupName="g")
        self.role("r")
        for kind, name, size in (("User", "u", 2048), ("Group", "g", 5120), ("Role", "r", 10240)):
            with self.subTest(kind):
                self.check(kind.lower(), {f"{kind}Name": name}, size)

    def check(self, kind, owner, size):
        put = getattr(self.iam, f"put_{kind}_policy")
        put(**owner, PolicyName="b", PolicyDocument=json.dumps(ALLOW))
        put(**owner, PolicyName="a", PolicyDocument=json.dumps(ALLOW))
        put(**owner, PolicyName="b", PolicyDocument=json.dumps(DENY, indent=8))
        self.assertEqual(getattr(self.iam, f"list_{kind}_policies")(**owner)["PolicyNames"], ["a", "b"])
        self.assertEqual(getattr(self.iam, f"get_{kind}_policy")(**owner, PolicyName="b")["PolicyDocument"], DENY)
        self.refused("MalformedPolicyDocument", f"put_{kind}_policy", **owner, PolicyName="c", PolicyDocument=json.dumps(trust("1" * 12)))
        large = dict(ALLOW, Id="x" * (size - 100))
        self.refused("LimitExceeded", f"put_{kind}_policy", **owner, PolicyName="c", PolicyDocument=json.dumps(large))
        for name in ("a", "b"):
            getattr(self.iam, f"delete_{kind}_policy")(**owner, PolicyName=name)
        self.refused("NoSuchEntity", f"get_{kind}_policy", **owner, PolicyName="a")
        self.refused("NoSuchEntity", f"delete_{kind}_policy", **owner, PolicyName="a")


class ManagedPolicies(IamCase):
    def test_has_a_life(self):
        made = self.policy("p", Path="/m/", Description="d", Tags=[{"Key": "k", "Value": "v"}])
        arn = made["Arn"]
        self.assertEqual((arn, made["DefaultVersionId"], made["AttachmentCount"]), (f"arn:aws:iam::{self.account}:policy/m/p", "v1", 0))
        self.refused("EntityAlreadyExists", "create_policy", PolicyName="P", PolicyDocument=json.dumps(ALLOW))
        for i in range(2, 6):
            version = self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(DENY), SetAsDefault=i == 2)["PolicyVersion"]
            self.assertEqual((version["VersionId"], version["IsDefaultVersion"]), (f"v{i}", i == 2))
        self.refused("LimitExceeded", "create_policy_version", PolicyArn=arn, PolicyDocument=json.dumps(DENY))
        self.refused("DeleteConflict", "delete_policy_version", PolicyArn=arn, VersionId="v2")
        self.refused("NoSuchEntity", "delete_policy_version", PolicyArn=arn, VersionId="v6")
        self.iam.delete_policy_version(PolicyArn=arn, VersionId="v5")
        self.assertEqual(self.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(ALLOW))["PolicyVersion"]["VersionId"], "v6")
        self.iam.set_default_policy_version(PolicyArn=arn, VersionId="v1")
        self.refused("NoSuchEntity", "set_default_policy_version", PolicyArn=arn, VersionId="v5")
        self.assertEqual([v["VersionId"] for v in self.iam.list_policy_versions(PolicyArn=arn)["Versions"]], ["v6", "v4", "v3", "v2", "v1"])
        self.assertEqual(self.iam.get_policy_version(PolicyArn=arn, VersionId="v2")["PolicyVersion"]["Document"], DENY)
        self.iam.tag_policy(PolicyArn=arn, Tags=[{"Key": "l", "Value": "w"}])
        self.iam.untag_policy(PolicyArn=arn, TagKeys=["k"])
        self.assertEqual(self.iam.list_policy_tags(PolicyArn=arn)["Tags"], [{"Key": "l", "Value": "w"}])
        self.assertEqual(self.iam.get_policy(PolicyArn=arn)["Policy"]["Description"], "d")
        self.refused("DeleteConflict", "delete_policy", PolicyArn=arn)
        for version in ("v2", "v3", "v4", "v6"):
            self.iam.delete_policy_version(PolicyArn=arn, VersionId=version)
        self.iam.delete_policy(PolicyArn=arn)
        self.refused("NoSuchEntity", "get_policy", PolicyArn=arn)

    def test_is_attached_to_users_groups_and_roles(self):
        arn = self.policy("attached")["Arn"]
        self.user("u")
        self.iam.create_group(GroupName="g")
        self.role("r")
        for kind, owner in (("user", {"UserName": "u"}), ("group", {"GroupName": "g"}), ("role", {"RoleName": "r"})):
            for _ in range(2):
                getattr(self.iam, f"attach_{kind}_policy")(**owner, PolicyArn=arn)
            listed = getattr(self.iam, f"list_attached_{kind}_policies")(**owner)["AttachedPolicies"]
            self.assertEqual(listed, [{"PolicyName": "attached", "PolicyArn": arn}])
            self.refused("NoSuchEntity", f"detach_{kind}_policy", **owner, PolicyArn=ADMINISTRATOR_ACCESS)
            self.refused("NoSuchEntity", f"attach_{kind}_policy", **owner, PolicyArn=arn.replace("attached", "none"))
        self.iam.put_user_permissions_boundary(UserName="u", PermissionsBoundary=arn)
        entities = self.iam.list_entities_for_policy(PolicyArn=arn)
        self.assertEqual([len(entities[f"Policy{kind}"]) for kind in ("Users", "Groups", "Roles")], [1, 1, 1])
        only = self.iam.list_entities_for_policy(PolicyArn=arn, EntityFilter="Role")
        self.assertEqual([len(only[f"Policy{kind}"]) for kind in ("Users", "Groups", "Roles")], [0, 0, 1])
        policy = self.iam.get_policy(PolicyArn=arn)["Policy"]
        self.assertEqual((policy["AttachmentCount"], policy["PermissionsBoundaryUsageCount"]), (3, 1))
        self.refused("DeleteConflict", "delete_policy", PolicyArn=arn)
        for kind, owner in (("user", {"UserName": "u"}), ("group", {"GroupName": "g"}), ("role", {"RoleName": "r"})):
            getattr(self.iam, f"detach_{kind}_policy")(**owner, PolicyArn=arn)
        self.refused("DeleteConflict", "delete_policy", PolicyArn=arn)
        self.iam.delete_user_permissions_boundary(UserName="u")
        self.iam.delete_policy(PolicyArn=arn)

    def test_is_attached_ten_at_a_time(self):
        self.user("full")
        for i in range(10):
            self.iam.attach_user_policy(UserName="full", PolicyArn=self.policy(f"ten{i}")["Arn"])
        self.refused("LimitExceeded", "attach_user_policy", UserName="full", PolicyArn=ADMINISTRATOR_ACCESS)

    def test_is_listed_by_scope(self):
        self.policy("local", Path="/scope/")
        names = lambda **options: [p["PolicyName"] for p in self.iam.list_policies(**options)["Policies"]]  # noqa: E731
        self.assertEqual(names(Scope="AWS"), ["AdministratorAccess", "AWSKeyManagementServicePowerUser"])
        self.assertEqual(names(Scope="AWS", OnlyAttached=True), ["AdministratorAccess"])
        self.assertEqual(names(PathPrefix="/scope/"), ["local"])
        self.assertNotIn("AdministratorAccess", names(Scope="Local"))

    def test_of_aws_cannot_be_changed(self):
        version = self.iam.get_policy_version(PolicyArn=ADMINISTRATOR_ACCESS, VersionId="v1")["PolicyVersion"]
        self.assertEqual(version["Document"]["Statement"], [{"Effect": "Allow", "Action": "*", "Resource": "*"}])
        self.refused("AccessDenied", "delete_policy", PolicyArn=ADMINISTRATOR_ACCESS)
        self.refused("AccessDenied", "create_policy_version", PolicyArn=ADMINISTRATOR_ACCESS, PolicyDocument=json.dumps(ALLOW))
        self.refused("NoSuchEntity", "get_policy", PolicyArn="arn:aws:iam::aws:policy/NoSuchAccess")
        self.refused("AccessDenied", "get_policy", PolicyArn="arn:aws:iam::999988887777:policy/foreign")
        self.refused("LimitExceeded", "create_policy", PolicyName="large", PolicyDocument=json.dumps(dict(ALLOW, Id="x" * 6100)))
        self.refused("MalformedPolicyDocument", "create_policy", PolicyName="bad", PolicyDocument=json.dumps(trust(self.account)))


class Simulation(IamCase):
    def decisions(self, results):
        return [(one["EvalActionName"], one["EvalDecision"]) for one in results["EvaluationResults"]]

    def test_decides_about_policies_that_nobody_has(self):
        conditional = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*",
                                                               "Condition": {"StringEquals": {"kms:ViaService": "s3"}}}]}
        results = self.iam.simulate_custom_policy(PolicyInputList=[json.dumps(ALLOW), json.dumps(conditional)],
                                                  ActionNames=["kms:Decrypt", "kms:Encrypt", "kms:CreateKey"])
        self.assertEqual(self.decisions(results), [("kms:Decrypt", "allowed"), ("kms:Encrypt", "implicitDeny"), ("kms:CreateKey", "implicitDeny")])
        self.assertEqual(results["EvaluationResults"][0]["MatchedStatements"][0]["SourcePolicyId"], "PolicyInputList.1")
        self.assertEqual(results["EvaluationResults"][1]["MissingContextValues"], ["kms:viaservice"])
        entry = [{"ContextKeyName": "kms:ViaService", "ContextKeyValues": ["s3"], "ContextKeyType": "string"}]
        results = self.iam.simulate_custom_policy(PolicyInputList=[json.dumps(conditional)], ActionNames=["kms:Encrypt"], ContextEntries=entry)
        self.assertEqual(self.decisions(results), [("kms:Encrypt", "allowed")])
        self.refused("InvalidInput", "simulate_custom_policy", PolicyInputList=["{"], ActionNames=["kms:Encrypt"])

    def test_decides_about_a_user(self):
        arn = self.user("subject")["Arn"]
        self.iam.create_group(GroupName="subjects")
        self.iam.add_user_to_group(GroupName="subjects", UserName="subject")
        self.iam.put_group_policy(GroupName="subjects", PolicyName="allow", PolicyDocument=json.dumps(ALLOW))
        ask = lambda **options: self.iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=["kms:Decrypt"], **options)  # noqa: E731
        self.assertEqual(self.decisions(ask()), [("kms:Decrypt", "allowed")])
        self.assertEqual(self.decisions(ask(PolicyInputList=[json.dumps(DENY)])), [("kms:Decrypt", "explicitDeny")])
        self.iam.put_user_permissions_boundary(UserName="subject", PermissionsBoundary=self.policy("narrow", DENY)["Arn"])
        self.assertEqual(self.decisions(ask()), [("kms:Decrypt", "explicitDeny")])
        self.refused("NoSuchEntity", "simulate_principal_policy", PolicySourceArn=arn + "x", ActionNames=["kms:Decrypt"])


if __name__ == "__main__":
    unittest.main()
