# tests/mount/guest.s
#
# A guest without a system: a boot sector that counts, and writes each number
# into a sector, for ever. Number n goes to one of SECTORS places, n mod SECTORS,
# which lie STRIDE sectors apart. So at every moment the places hold SECTORS
# numbers in a row, and a disk whose places do not is no moment's.
.code16
.globl _start
_start:
  ljmp $0, $begin
begin:
  xorw %ax, %ax
  movw %ax, %ds
  movw %ax, %es
  movw %ax, %ss
  movw $0x7c00, %sp
  movb %dl, drive
  xorl %ebx, %ebx
next:
  incl %ebx
  cld
  movw $0x8000, %di
  movw $128, %cx
  movl %ebx, %eax
  rep stosl
  movl %ebx, %eax
  xorl %edx, %edx
  movl $SECTORS, %ecx
  divl %ecx
  imull $STRIDE, %edx, %edx
  incl %edx
  movl %edx, place
  pushl %ebx
  movb $0x43, %ah
  xorb %al, %al
  movb drive, %dl
  movw $packet, %si
  int $0x13
  popl %ebx
  jmp next
drive:
  .byte 0
.align 4
packet:
  .byte 16, 0
  .word 1
  .word 0x8000, 0
place:
  .long 0, 0
.org 510
.word 0xaa55
