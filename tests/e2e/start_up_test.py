"""What a server says when it cannot start, and that it changes nothing; and how it stops and reloads."""

import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import threading
import unittest

from server import BUILD, Server, until


class Prepared(unittest.TestCase):
    """A server that was initialised and is not running."""

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.__exit__)
        self.server.make_token()
        self.server.write_config()
        self.server.init()

    def refused(self, check=()):
        """Standard error of a kmaasd that must not start."""
        done = subprocess.run([str(BUILD / "bin/kmaasd"), "--config", str(self.server.config_path), *check], env=self.server.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertGreater(done.returncode, 0, "ended by a signal")
        return done.stdout + done.stderr


class StartUp(Prepared):
    def test_names_a_wrong_pin_and_tries_it_once(self):
        (self.server.directory / "user.pin").write_text("not-the-pin")
        said = self.refused()
        self.assertRegex(said, "(?i)pin")
        self.assertNotIn("not-the-pin", said)
        (self.server.directory / "user.pin").write_text(self.server.user_pin)
        self.server.start()  # not locked

    def test_names_a_missing_token(self):
        shutil.move(self.server.directory / "tokens", self.server.directory / "away")
        (self.server.directory / "tokens").mkdir()
        self.assertIn("kmaas", self.refused())

    def test_names_a_missing_module(self):
        self.server.overrides["hsm"] = {"module": "/nonexistent/module.so"}
        self.server.write_config()
        self.assertIn("/nonexistent/module.so", self.refused())

    def test_refuses_a_database_from_a_newer_version_and_leaves_it(self):
        database = next(self.server.data.rglob("*.db"))
        with sqlite3.connect(database) as connection:
            connection.execute("PRAGMA user_version = 999")
        before = database.read_bytes()
        self.assertRegex(self.refused(), "(?i)version|newer")
        self.assertEqual(database.read_bytes(), before)

    def test_refuses_a_database_that_is_none(self):
        database = next(self.server.data.rglob("*.db"))
        database.write_bytes(b"this is no database" * 1000)
        self.refused()

    def test_refuses_a_database_of_another_token(self):
        other = Server()
        self.addCleanup(other.__exit__)
        other.make_token()
        other.write_config()
        other.init()
        shutil.rmtree(self.server.directory / "tokens")
        shutil.copytree(other.directory / "tokens", self.server.directory / "tokens")
        (self.server.directory / "user.pin").write_text(other.user_pin)
        self.refused()

    def test_names_an_unknown_setting_with_its_line(self):
        text = self.server.config_path.read_text()
        self.server.config_path.write_text(text.replace('"port"', '"prot"', 1))
        said = self.refused()
        self.assertIn("prot", said)
        self.assertRegex(said, r"kmaas\.yaml:\d+")

    def test_names_a_port_that_is_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", self.server.https_port))
            taken.listen()
            self.assertIn(str(self.server.https_port), self.refused())

    def test_names_a_certificate_that_cannot_be_read(self):
        self.server.overrides["https"] = {"certificate": "/nonexistent/cert.pem", "private_key": "/nonexistent/key.pem"}
        self.server.write_config()
        self.assertIn("/nonexistent/cert.pem", self.refused())

    def test_refuses_a_second_server_on_the_same_database(self):
        self.server.start()
        self.server.overrides = {"https": {"port": 0}, "grpc": {"port": 0}}
        second = self.server.directory / "second.yaml"
        second.write_text(self.server.config_path.read_text())
        done = subprocess.run([str(BUILD / "bin/kmaasd"), "--config", str(second)], env=self.server.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        self.assertGreater(done.returncode, 0)
        self.assertTrue(self.server.is_ready())

    def test_names_a_directory_that_cannot_be_written(self):
        mount = self.server.data
        subprocess.run(["mount", "--bind", str(mount), str(mount)], check=True)
        self.addCleanup(subprocess.run, ["umount", str(mount)])
        subprocess.run(["mount", "-o", "remount,bind,ro", str(mount)], check=True)
        self.assertIn(str(mount), self.refused())


class FullDisk(unittest.TestCase):
    def test_goes_on_reading_and_recovers_without_a_restart(self):
        """Data on a small file system that fills up: writes are refused with an error, and succeed again when there is room."""
        server = Server()
        self.addCleanup(server.__exit__)
        server.data.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "tmpfs", str(server.data)], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", str(server.data)])
        server.make_token()
        server.write_config()
        server.init()
        server.start()
        kms = server.boto3()
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        filler = server.data / "filler"
        with open(filler, "wb", buffering=0) as file:
            try:
                while True:
                    file.write(os.urandom(4096))
            except OSError:
                pass
        refused = 0
        for _ in range(50):
            try:
                kms.create_key(Description="x" * 4000)
            except kms.exceptions.ClientError as error:
                self.assertGreaterEqual(error.response["ResponseMetadata"]["HTTPStatusCode"], 500)
                refused += 1
        self.assertGreater(refused, 0)
        filler.unlink()
        self.assertEqual(kms.describe_key(KeyId=arn)["KeyMetadata"]["Arn"], arn)
        fresh = kms.create_key()["KeyMetadata"]["Arn"]
        self.assertEqual(kms.decrypt(CiphertextBlob=kms.encrypt(KeyId=fresh, Plaintext=b"x")["CiphertextBlob"])["Plaintext"], b"x")
        server.stop()
        self.assertEqual(server.kmaas("audit", "verify").returncode, 0)


class Running(unittest.TestCase):
    def setUp(self):
        self.server = Server().__enter__()
        self.addCleanup(self.server.__exit__)

    def test_finishes_what_is_in_flight_when_told_to_stop(self):
        kms, outcomes = self.server.boto3(), []

        def work():
            try:
                while True:
                    outcomes.append(kms.create_key()["KeyMetadata"]["Arn"])
            except Exception:
                return

        workers = [threading.Thread(target=work) for _ in range(4)]
        for worker in workers:
            worker.start()
        self.assertTrue(until(lambda: len(outcomes) >= 20))
        self.assertEqual(self.server.stop(), 0)
        for worker in workers:
            worker.join()
        self.server.start()
        listed = {key["KeyArn"] for page in self.server.boto3().get_paginator("list_keys").paginate() for key in page["Keys"]}
        self.assertLessEqual(set(outcomes), listed)

    def serial(self):
        with socket.create_connection(("127.0.0.1", self.server.https_port)) as plain:
            with self.server.tls().wrap_socket(plain, server_hostname="127.0.0.1") as tls:
                return tls.getpeercert()["serialNumber"]

    def renew_certificate(self):
        """A new certificate from the same CA for the same key."""
        where = pathlib.Path(self.server.credentials["server_certificate_file"])
        key = self.server.credentials["server_key_file"]
        ca_key = self.server.credentials["ca_key_file"]
        request = self.server.directory / "request.pem"
        extensions = self.server.directory / "extensions"
        extensions.write_text("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        subprocess.run(["openssl", "req", "-new", "-key", key, "-subj", "/CN=localhost", "-out", str(request)], check=True, capture_output=True)
        made = subprocess.run(["openssl", "x509", "-req", "-in", str(request), "-CA", self.server.ca, "-CAkey", ca_key, "-days", "2", "-set_serial", "4711",
                               "-extfile", str(extensions)], check=True, capture_output=True).stdout
        fresh = where.with_suffix(".new")
        fresh.write_bytes(made)
        fresh.replace(where)

    def test_reads_a_new_certificate_without_a_restart(self):
        before = self.serial()
        self.renew_certificate()
        self.server.process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: self.serial() != before))
        self.assertIsNone(self.server.process.poll())

    def test_keeps_the_old_certificate_when_the_new_one_is_bad(self):
        before = self.serial()
        pathlib.Path(self.server.credentials["server_certificate_file"]).write_text("garbage")
        self.server.process.send_signal(signal.SIGHUP)
        self.assertTrue(until(lambda: "certificate_not_taken" in self.server.log_path.read_text()))
        self.assertEqual(self.serial(), before)
        self.assertTrue(self.server.is_ready())

    def test_recovers_when_the_token_goes_away_and_comes_back(self):
        kms = self.server.boto3()
        arn = kms.create_key()["KeyMetadata"]["Arn"]
        blob = kms.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
        tokens = self.server.directory / "tokens"
        tokens.rename(self.server.directory / "away")
        self.assertTrue(until(lambda: not self.server.is_ready()))
        (self.server.directory / "away").rename(tokens)
        self.assertTrue(until(self.server.is_ready))
        self.assertEqual(kms.decrypt(CiphertextBlob=blob)["Plaintext"], b"x")
        self.assertIsNone(self.server.process.poll())

    def test_answers_health_without_credentials(self):
        with self.assertRaises(ssl.SSLError):
            socket_context = ssl.create_default_context()
            with socket.create_connection(("127.0.0.1", self.server.https_port)) as plain:
                socket_context.wrap_socket(plain, server_hostname="127.0.0.1")
        self.assertTrue(self.server.is_ready())


if __name__ == "__main__":
    unittest.main(verbosity=2)
