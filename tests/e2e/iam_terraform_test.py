"""The calls that Terraform's AWS provider makes for aws_iam_* resources, in its order: made, read back, changed, read, destroyed, looked for again.

The order is that of the provider's internal/service/iam (versions 4 to 6). It waits up to two minutes for what it has just made while the answer is
NoSuchEntity; here nothing has to be waited for, so each read stands directly after its write.
"""

import json
import unittest

from authenticator import Authenticator
from iam_case import ADMINISTRATOR_ACCESS, ALLOW, DENY, IamCase, trust

TAGS = [{"Key": "team", "Value": "orders"}]


def tags(entity):
    return {tag["Key"]: tag["Value"] for tag in entity.get("Tags", [])}


class Resources(IamCase):
    def gone(self, operation, **parameters):
        """A destroyed resource: the provider takes this code, and no other, for its end."""
        error = self.refused("NoSuchEntity", operation, **parameters)
        self.assertEqual(error["ResponseMetadata"]["HTTPStatusCode"], 404)

    def test_user(self):
        self.iam.create_user(UserName="tf-user", Path="/", Tags=TAGS)
        read = self.iam.get_user(UserName="tf-user")["User"]
        self.assertEqual((read["Path"], tags(read), "PermissionsBoundary" in read), ("/", {"team": "orders"}, False))
        self.iam.update_user(UserName="tf-user", NewUserName="tf-user2", NewPath="/people/")
        self.iam.put_user_permissions_boundary(UserName="tf-user2", PermissionsBoundary=ADMINISTRATOR_ACCESS)
        self.iam.untag_user(UserName="tf-user2", TagKeys=["team"])
        self.iam.tag_user(UserName="tf-user2", Tags=[{"Key": "stage", "Value": "test"}])
        read = self.iam.get_user(UserName="tf-user2")["User"]
        self.assertEqual((read["Arn"], tags(read)), (f"arn:aws:iam::{self.account}:user/people/tf-user2", {"stage": "test"}))
        self.assertEqual(read["PermissionsBoundary"]["PermissionsBoundaryArn"], ADMINISTRATOR_ACCESS)
        self.iam.delete_user_permissions_boundary(UserName="tf-user2")
        self.assertEqual(self.iam.list_groups_for_user(UserName="tf-user2")["Groups"], [])
        self.iam.delete_user(UserName="tf-user2")
        self.gone("get_user", UserName="tf-user2")

    def test_user_that_is_destroyed_with_all_it_has(self):
        """force_destroy = true."""
        name = {"UserName": "tf-forced"}
        self.iam.create_user(**name, Path="/")
        self.iam.create_access_key(**name)
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="tf-forced")["VirtualMFADevice"]
        codes = Authenticator(made["Base32StringSeed"].decode())
        self.iam.enable_mfa_device(**name, SerialNumber=made["SerialNumber"], AuthenticationCode1=codes.next(), AuthenticationCode2=codes.next())
        self.iam.list_groups_for_user(**name)
        for key in self.iam.list_access_keys(**name)["AccessKeyMetadata"]:
            self.iam.delete_access_key(**name, AccessKeyId=key["AccessKeyId"])
        self.assertEqual(self.iam.list_ssh_public_keys(**name)["SSHPublicKeys"], [])
        for device in self.iam.list_virtual_mfa_devices(AssignmentStatus="Assigned")["VirtualMFADevices"]:
            if device["User"]["UserName"] == "tf-forced":
                self.iam.deactivate_mfa_device(**name, SerialNumber=device["SerialNumber"])
                self.iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])
        self.assertEqual(self.iam.list_mfa_devices(**name)["MFADevices"], [])
        self.gone("delete_login_profile", **name)
        self.assertEqual(self.iam.list_signing_certificates(**name)["Certificates"], [])
        self.assertEqual(self.iam.list_service_specific_credentials(**name)["ServiceSpecificCredentials"], [])
        self.iam.delete_user(**name)
        self.gone("delete_user", **name)
        for operation in ("list_ssh_public_keys", "list_signing_certificates", "list_service_specific_credentials", "delete_login_profile"):
            self.gone(operation, **name)

    def test_group_and_its_membership(self):
        self.iam.create_group(GroupName="tf-group", Path="/")
        self.assertEqual(self.iam.get_group(GroupName="tf-group")["Group"]["Path"], "/")
        for name in ("tf-member1", "tf-member2"):
            self.user(name)
            self.iam.add_user_to_group(UserName=name, GroupName="tf-group")
        members = [user["UserName"] for page in self.iam.get_paginator("get_group").paginate(GroupName="tf-group") for user in page["Users"]]
        self.assertEqual(sorted(members), ["tf-member1", "tf-member2"])
        self.iam.update_group(GroupName="tf-group", NewGroupName="tf-group2", NewPath="/teams/")
        self.iam.remove_user_from_group(UserName="tf-member1", GroupName="tf-group2")
        # aws_iam_user_group_membership reads from the user's side.
        self.assertEqual([group["GroupName"] for group in self.iam.list_groups_for_user(UserName="tf-member2")["Groups"]], ["tf-group2"])
        self.gone("remove_user_from_group", UserName="tf-member1", GroupName="tf-group2")
        self.iam.remove_user_from_group(UserName="tf-member2", GroupName="tf-group2")
        self.iam.delete_group(GroupName="tf-group2")
        self.gone("get_group", GroupName="tf-group2")

    def test_role(self):
        document = json.dumps(trust(self.account))
        self.iam.create_role(RoleName="tf-role", Path="/", AssumeRolePolicyDocument=document, MaxSessionDuration=3600, Tags=TAGS)
        self.iam.put_role_policy(RoleName="tf-role", PolicyName="inline", PolicyDocument=json.dumps(ALLOW))
        self.iam.attach_role_policy(RoleName="tf-role", PolicyArn=ADMINISTRATOR_ACCESS)
        read = self.iam.get_role(RoleName="tf-role")["Role"]
        self.assertEqual((read["AssumeRolePolicyDocument"], read["MaxSessionDuration"], tags(read)), (trust(self.account), 3600, {"team": "orders"}))
        self.assertTrue(read["Arn"].startswith("arn:aws:iam::"))
        self.assertEqual(self.iam.list_role_policies(RoleName="tf-role")["PolicyNames"], ["inline"])
        self.assertEqual(self.iam.get_role_policy(RoleName="tf-role", PolicyName="inline")["PolicyDocument"], ALLOW)
        self.assertEqual(self.iam.list_attached_role_policies(RoleName="tf-role")["AttachedPolicies"][0]["PolicyArn"], ADMINISTRATOR_ACCESS)
        self.iam.update_assume_role_policy(RoleName="tf-role", PolicyDocument=json.dumps(trust(self.account, "user/administrator")))
        self.iam.update_role_description(RoleName="tf-role", Description="new")
        self.iam.update_role_description(RoleName="tf-role", Description="")
        self.iam.update_role(RoleName="tf-role", MaxSessionDuration=7200)
        self.iam.put_role_permissions_boundary(RoleName="tf-role", PermissionsBoundary=ADMINISTRATOR_ACCESS)
        self.iam.untag_role(RoleName="tf-role", TagKeys=["team"])
        read = self.iam.get_role(RoleName="tf-role")["Role"]
        self.assertEqual((read["AssumeRolePolicyDocument"], read["MaxSessionDuration"], tags(read)), (trust(self.account, "user/administrator"), 7200, {}))
        self.iam.delete_role_permissions_boundary(RoleName="tf-role")
        self.assertEqual(self.iam.list_instance_profiles_for_role(RoleName="tf-role")["InstanceProfiles"], [])
        self.iam.detach_role_policy(RoleName="tf-role", PolicyArn=ADMINISTRATOR_ACCESS)
        self.refused("DeleteConflict", "delete_role", RoleName="tf-role")
        self.iam.delete_role_policy(RoleName="tf-role", PolicyName="inline")
        self.iam.delete_role(RoleName="tf-role")
        self.gone("get_role", RoleName="tf-role")

    def test_policy_and_its_attachments(self):
        made = self.iam.create_policy(PolicyName="tf-policy", Path="/", Description="", PolicyDocument=json.dumps(ALLOW), Tags=TAGS)["Policy"]
        arn = {"PolicyArn": made["Arn"]}
        self.read_policy(arn, ALLOW)
        self.user("tf-attached")
        self.iam.attach_user_policy(UserName="tf-attached", **arn)
        pages = self.iam.get_paginator("list_attached_user_policies").paginate(UserName="tf-attached")
        self.assertEqual([policy["PolicyArn"] for page in pages for policy in page["AttachedPolicies"]], [made["Arn"]])
        # aws_iam_policy_attachment reads from the policy's side.
        self.assertEqual([user["UserName"] for user in self.iam.list_entities_for_policy(**arn)["PolicyUsers"]], ["tf-attached"])
        for document in (DENY, ALLOW, DENY, ALLOW, DENY):
            self.change_policy(arn, document)
            self.read_policy(arn, document)
        self.iam.detach_user_policy(UserName="tf-attached", **arn)
        self.gone("detach_user_policy", UserName="tf-attached", **arn)
        for version in self.iam.list_policy_versions(**arn)["Versions"]:
            if not version["IsDefaultVersion"]:
                self.iam.delete_policy_version(**arn, VersionId=version["VersionId"])
        self.iam.delete_policy(**arn)
        self.gone("get_policy", **arn)
        self.gone("list_policy_versions", **arn)

    def read_policy(self, arn, document):
        policy = self.iam.get_policy(**arn)["Policy"]
        self.assertEqual(tags(policy), {"team": "orders"})
        version = self.iam.get_policy_version(**arn, VersionId=policy["DefaultVersionId"])["PolicyVersion"]
        self.assertEqual((version["Document"], version["IsDefaultVersion"]), (document, True))

    def change_policy(self, arn, document):
        """With five versions the oldest that is not the default one goes first."""
        versions = self.iam.list_policy_versions(**arn)["Versions"]
        if len(versions) == 5:
            oldest = min((version for version in versions if not version["IsDefaultVersion"]), key=lambda version: version["CreateDate"])
            self.iam.delete_policy_version(**arn, VersionId=oldest["VersionId"])
        made = self.iam.create_policy_version(**arn, PolicyDocument=json.dumps(document), SetAsDefault=False)["PolicyVersion"]
        self.assertFalse(made["IsDefaultVersion"])
        self.iam.set_default_policy_version(**arn, VersionId=made["VersionId"])

    def test_inline_policies(self):
        self.user("tf-inline")
        self.iam.create_group(GroupName="tf-inline", Path="/")
        for kind, owner in (("user", {"UserName": "tf-inline"}), ("group", {"GroupName": "tf-inline"})):
            named = dict(owner, PolicyName="tf")
            for document in (ALLOW, DENY):
                getattr(self.iam, f"put_{kind}_policy")(**named, PolicyDocument=json.dumps(document))
                self.assertEqual(getattr(self.iam, f"get_{kind}_policy")(**named)["PolicyDocument"], document)
            getattr(self.iam, f"delete_{kind}_policy")(**named)
            self.gone(f"get_{kind}_policy", **named)

    def test_access_key(self):
        self.user("tf-keys")
        name = {"UserName": "tf-keys"}
        made = self.iam.create_access_key(**name)["AccessKey"]
        self.assertEqual((made["Status"], len(made["SecretAccessKey"])), ("Active", 40))
        for status in ("Inactive", "Active"):
            self.iam.update_access_key(**name, AccessKeyId=made["AccessKeyId"], Status=status)
            self.assertEqual([(key["AccessKeyId"], key["Status"]) for key in self.iam.list_access_keys(**name)["AccessKeyMetadata"]],
                             [(made["AccessKeyId"], status)])
        self.iam.delete_access_key(**name, AccessKeyId=made["AccessKeyId"])
        self.assertEqual(self.iam.list_access_keys(**name)["AccessKeyMetadata"], [])
        self.gone("delete_access_key", **name, AccessKeyId=made["AccessKeyId"])
        self.iam.delete_user(**name)
        self.gone("list_access_keys", **name)

    def test_virtual_mfa_device(self):
        made = self.iam.create_virtual_mfa_device(VirtualMFADeviceName="tf-device", Path="/", Tags=TAGS)["VirtualMFADevice"]
        serial = {"SerialNumber": made["SerialNumber"]}
        self.assertIn(made["SerialNumber"], [device["SerialNumber"] for device in self.iam.list_virtual_mfa_devices()["VirtualMFADevices"]])
        self.assertEqual(tags(self.iam.list_mfa_device_tags(**serial)), {"team": "orders"})
        self.iam.untag_mfa_device(**serial, TagKeys=["team"])
        self.iam.tag_mfa_device(**serial, Tags=[{"Key": "stage", "Value": "a"}])
        self.iam.tag_mfa_device(**serial, Tags=[{"Key": "stage", "Value": "b"}])
        self.assertEqual(tags(self.iam.list_mfa_device_tags(**serial)), {"stage": "b"})
        self.iam.delete_virtual_mfa_device(**serial)
        for operation, more in (("list_mfa_device_tags", {}), ("untag_mfa_device", {"TagKeys": ["stage"]}), ("tag_mfa_device", {"Tags": TAGS}),
                                ("delete_virtual_mfa_device", {})):
            self.gone(operation, **serial, **more)

    def test_account_alias(self):
        self.iam.create_account_alias(AccountAlias="tf-alias")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], ["tf-alias"])
        self.iam.delete_account_alias(AccountAlias="tf-alias")
        self.assertEqual(self.iam.list_account_aliases()["AccountAliases"], [])
        self.gone("delete_account_alias", AccountAlias="tf-alias")


if __name__ == "__main__":
    unittest.main(verbosity=2)
