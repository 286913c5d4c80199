"""The program on the host: observe once, decide purely, act. Python's standard library only (Debian 12 and 13).

It is shipped as one zip file. The Ansible module, systemd timers and people on the host call the same code.
"""
