"""
A GNSS receiver on a pseudo-terminal, whose name it prints: each second of this machine's clock, plus the given seconds, as NMEA 0183.
A line "fix" or "lost" on standard input has it find its satellites, or lose them: it then goes on by its own clock, as receivers do.
"""
import os, pty, sys, threading, time, tty

def sentence(body):
    check = 0
    for character in body:
        check ^= ord(character)
    return "$%s*%02X\r\n" % (body, check)

ahead = int(sys.argv[1])
has_fix = True

def heed():
    global has_fix
    for line in sys.stdin:
        has_fix = line.strip() == "fix"

threading.Thread(target=heed, daemon=True).start()
main, end = pty.openpty()
tty.setraw(end)
print(os.ttyname(end), flush=True)
while True:
    now = time.time()
    second = int(now) + 1
    time.sleep(second - now)
    t = time.gmtime(second + ahead)
    hms = time.strftime("%H%M%S.00", t)
    date = time.strftime("%d%m%y", t)
    if has_fix:
        out = sentence("GPRMC,%s,A,4807.038,N,01131.000,E,000.0,000.0,%s,,,A" % (hms, date))
        out += sentence("GPGGA,%s,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,," % hms)
        out += sentence("GPGSA,A,3,04,05,09,12,24,25,29,31,,,,,1.8,1.0,1.5")
    else:
        out = sentence("GPRMC,%s,V,,,,,,,%s,,,N" % (hms, date))
        out += sentence("GPGGA,%s,,,,,0,00,,,M,,M,," % hms)
        out += sentence("GPGSA,A,1,,,,,,,,,,,,,,,")
    os.write(main, out.encode())
