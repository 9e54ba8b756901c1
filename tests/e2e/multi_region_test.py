"""A server of two Regions: clients that differ in their Region alone, and keys that are in both."""

import unittest

import kms_grpc
from botocore.exceptions import ClientError
from server import Server, until

HERE, THERE = "eu-central-1", "eu-west-1"


class MultiRegion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server({"regions": [THERE], "lifecycle": {"interval_ms": 50}}).__enter__()
        cls.addClassCleanup(cls.server.__exit__)
        cls.here = cls.server.boto3()
        cls.there = cls.server.boto3(region_name=THERE)
        cls.messages, stubs = kms_grpc.load()
        cls.channel = cls.server.grpc_channel()
        cls.addClassCleanup(cls.channel.close)
        cls.grpc = stubs.KeyManagementServiceStub(cls.channel)

    def arn(self, region, key_id):
        return f"arn:aws:kms:{region}:{self.server.account}:key/{key_id}"

    def refused(self, code, call, **request):
        with self.assertRaises(ClientError) as caught:
            call(**request)
        self.assertEqual(caught.exception.response["Error"]["Code"], code)
        return caught.exception.response["Error"]["Message"]

    def make_pair(self, **options):
        key_id = self.here.create_key(MultiRegion=True, **options)["KeyMetadata"]["KeyId"]
        self.here.replicate_key(KeyId=key_id, ReplicaRegion=THERE)
        return key_id

    def test_encrypts_here_and_decrypts_there(self):
        key_id = self.make_pair()
        self.assertTrue(key_id.startswith("mrk-"))
        sealed = self.here.encrypt(KeyId=key_id, Plaintext=b"a secret", EncryptionContext={"a": "1"})
        opened = self.there.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext={"a": "1"})
        self.assertEqual((opened["Plaintext"], opened["KeyId"]), (b"a secret", self.arn(THERE, key_id)))
        back = self.there.generate_data_key(KeyId=self.arn(THERE, key_id), KeySpec="AES_256")
        self.assertEqual(self.here.decrypt(CiphertextBlob=back["CiphertextBlob"])["Plaintext"], back["Plaintext"])

    def test_serves_the_region_that_grpc_callers_name(self):
        key_id = self.make_pair()
        region = (("x-kmaas-region", THERE),)
        sealed = self.grpc.Encrypt(self.messages.EncryptRequest(key_id=key_id, plaintext=b"over grpc"), metadata=region, timeout=10)
        self.assertEqual(sealed.key_id, self.arn(THERE, key_id))
        self.assertEqual(self.here.decrypt(CiphertextBlob=sealed.ciphertext_blob)["Plaintext"], b"over grpc")
        opened = self.grpc.Decrypt(self.messages.DecryptRequest(ciphertext_blob=sealed.ciphertext_blob), timeout=10)
        self.assertEqual(opened.key_id, self.arn(HERE, key_id))

    def test_keeps_keys_of_one_region_out_of_the_other(self):
        single = self.here.create_key()["KeyMetadata"]
        self.assertEqual(self.refused("NotFoundException", self.there.describe_key, KeyId=single["Arn"]), f"Invalid arn {HERE}")
        self.assertEqual(self.refused("NotFoundException", self.there.describe_key, KeyId=single["KeyId"]),
                         f"Key '{self.arn(THERE, single['KeyId'])}' does not exist")
        sealed = self.here.encrypt(KeyId=single["KeyId"], Plaintext=b"x")["CiphertextBlob"]
        self.refused("AccessDeniedException", self.there.decrypt, CiphertextBlob=sealed)

    def test_refuses_a_signature_for_a_region_that_is_not_served(self):
        elsewhere = self.server.boto3(region_name="us-east-1")
        self.assertEqual(self.refused("InvalidSignatureException", elsewhere.list_keys), "Credential should be scoped to a valid region.")

    def test_signs_the_same_in_both_regions(self):
        key_id = self.make_pair(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
        self.assertEqual(self.here.get_public_key(KeyId=key_id)["PublicKey"], self.there.get_public_key(KeyId=key_id)["PublicKey"])
        signed = self.there.sign(KeyId=key_id, Message=b"m", SigningAlgorithm="ECDSA_SHA_256")
        self.assertTrue(self.here.verify(KeyId=key_id, Message=b"m", Signature=signed["Signature"], SigningAlgorithm="ECDSA_SHA_256")["SignatureValid"])

    def test_moves_the_primary_and_back(self):
        key_id = self.make_pair()
        self.here.update_primary_region(KeyId=key_id, PrimaryRegion=THERE)
        for client in (self.here, self.there):
            configuration = client.describe_key(KeyId=key_id)["KeyMetadata"]["MultiRegionConfiguration"]
            self.assertEqual(configuration["PrimaryKey"], {"Arn": self.arn(THERE, key_id), "Region": THERE})
            self.assertEqual(configuration["ReplicaKeys"], [{"Arn": self.arn(HERE, key_id), "Region": HERE}])
        self.refused("UnsupportedOperationException", self.here.update_primary_region, KeyId=key_id, PrimaryRegion=THERE)
        self.there.update_primary_region(KeyId=key_id, PrimaryRegion=HERE)

    # Debian's boto3 is older than the operation and the member.
    def current_material(self, region, key_id):
        asked = self.messages.DescribeKeyRequest(key_id=key_id)
        return self.grpc.DescribeKey(asked, metadata=(("x-kmaas-region", region),), timeout=10).key_metadata.current_key_material_id

    def test_rotates_in_both_regions(self):
        key_id = self.make_pair()
        first = self.current_material(HERE, key_id)
        before = self.here.encrypt(KeyId=key_id, Plaintext=b"old")["CiphertextBlob"]
        self.grpc.RotateKeyOnDemand(self.messages.RotateKeyOnDemandRequest(key_id=key_id), timeout=10)
        self.assertTrue(until(lambda: self.current_material(THERE, key_id) != first))
        self.assertEqual(self.current_material(HERE, key_id), self.current_material(THERE, key_id))
        after = self.there.encrypt(KeyId=key_id, Plaintext=b"new")["CiphertextBlob"]
        self.assertEqual(self.there.decrypt(CiphertextBlob=before)["Plaintext"], b"old")
        self.assertEqual(self.here.decrypt(CiphertextBlob=after)["Plaintext"], b"new")

    def test_deletes_a_replica_by_itself_and_a_primary_after_it(self):
        key_id = self.make_pair()
        answer = self.here.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7)
        self.assertEqual(answer["KeyState"], "PendingReplicaDeletion")
        self.assertNotIn("DeletionDate", answer)
        self.there.encrypt(KeyId=key_id, Plaintext=b"still served")
        self.assertIn("DeletionDate", self.there.schedule_key_deletion(KeyId=key_id, PendingWindowInDays=7))
        self.here.cancel_key_deletion(KeyId=key_id)
        self.assertEqual(self.here.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"], "Disabled")
        self.assertEqual(self.there.describe_key(KeyId=key_id)["KeyMetadata"]["KeyState"], "PendingDeletion")

    def test_shows_operators_the_keys_of_every_region(self):
        key_id = self.make_pair()
        own = self.there.create_key()["KeyMetadata"]
        listed = self.server.kmaas("key", "list").stdout
        self.assertEqual(listed.count(key_id), 2)
        self.assertIn(own["Arn"], self.server.kmaas("key", "show", own["KeyId"]).stdout)
        self.assertIn(self.arn(THERE, key_id), self.server.kmaas("key", "show", self.arn(THERE, key_id)).stdout)

    def test_does_identities_in_one_place(self):
        for region in (HERE, THERE, "us-east-1"):
            iam = self.server.boto3("iam", region_name=region)
            self.assertTrue(iam.list_users()["Users"])
        arn = self.server.boto3("sts", region_name=THERE).get_caller_identity()["Arn"]
        self.assertEqual({event["awsRegion"] for event in self.server.audit_events() if event["eventName"] in ("ListUsers", "GetCallerIdentity")}, {HERE})
        self.assertIn(self.server.account, arn)

    def test_keeps_multi_region_keys_over_a_restart(self):
        key_id = self.make_pair()
        sealed = self.here.encrypt(KeyId=key_id, Plaintext=b"kept")["CiphertextBlob"]
        self.server.stop()
        self.server.start()
        self.assertEqual(self.there.decrypt(CiphertextBlob=sealed)["Plaintext"], b"kept")

    def test_shares_keys_that_never_leave_the_token(self):
        with Server({"regions": [THERE], "keys": {"default_custody": "resident"}}) as server:
            here, there = server.boto3(), server.boto3(region_name=THERE)
            key_id = here.create_key(MultiRegion=True)["KeyMetadata"]["KeyId"]
            here.replicate_key(KeyId=key_id, ReplicaRegion=THERE)
            sealed = here.encrypt(KeyId=key_id, Plaintext=b"resident")["CiphertextBlob"]
            self.assertEqual(there.decrypt(CiphertextBlob=sealed)["Plaintext"], b"resident")


if __name__ == "__main__":
    unittest.main()
